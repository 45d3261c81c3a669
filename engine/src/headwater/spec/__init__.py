"""What the user wrote: the project file as data, typed models of it, and errors that say where."""
