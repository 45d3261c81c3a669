"""The server's commands for `headwater`: name → module and one line of help. Imports nothing, so that help is fast."""

from __future__ import annotations

_HERE = "headwater_server.cli"

COMMANDS = {
    "serve": (f"{_HERE}.serve_command", "Run everything: web UI, API, scheduler and workers."),
    "server": (f"{_HERE}.server_command", "Run the API and the web UI alone."),
    "worker": (f"{_HERE}.worker_command", "Run a worker, which executes runs."),
    "scheduler": (f"{_HERE}.scheduler_command", "Run the scheduler, which starts runs when they are due."),
    "migrate": (f"{_HERE}.migrate_command", "Bring the server's database to this version."),
    "apply": (f"{_HERE}.apply_command", "Make a server's configuration what a project file says."),
    "diff": (f"{_HERE}.diff_command", "Show what apply would change."),
    "export": (f"{_HERE}.export_command", "Print a server's configuration as a project file."),
    "users": (f"{_HERE}.users_command", "List and add users, and make sign-in links."),
    "tokens": (f"{_HERE}.tokens_command", "Make, list and revoke API tokens."),
    "secret-key": (f"{_HERE}.secret_key_command", "Seal everything again with a new secret key."),
    "health": (f"{_HERE}.health_command", "Leave with 0 when the server or a worker is well."),
    "doctor": (f"{_HERE}.doctor_command", "Look for what is wrong with this server's settings."),
}
