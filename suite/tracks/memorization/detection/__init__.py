"""Detection: which samples are suspicious, by the paths on which they came about?"""
