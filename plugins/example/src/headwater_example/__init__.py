"""A stranger's plugin: it stands outside Headwater's own tree and uses only what every plugin may."""
