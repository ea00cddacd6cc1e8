"""Detection: which samples look like copies, judged by their path from noise to image?"""
