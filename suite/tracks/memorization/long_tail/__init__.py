"""What does a mitigation cost captions with few training images?"""
