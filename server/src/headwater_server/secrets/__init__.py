"""The secret store that `${secret:NAME}` reads: names are shown, values never."""
