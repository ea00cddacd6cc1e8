"""What several folders of tests share; modules import it relatively."""
