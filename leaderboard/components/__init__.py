"""What the pages share; third-party pages may use it too."""
