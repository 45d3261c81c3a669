"""What each processor costs, alone."""
