"""arrow_folder: a folder of tables, each a folder of Arrow IPC files and the manifest that says which of them count."""
