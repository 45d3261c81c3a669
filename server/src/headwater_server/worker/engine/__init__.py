"""The process in which rows move. It knows no database of the server: a request comes in, events and one answer go out.

Protocol, all in UTF-8 lines. In, on stdin: one JSON object, the request; later perhaps a line `stop`. Out, on what was
stdout when the process began: `{"event": …}` and `{"log": …}`, any number, and as the last line `{"result": …}` or
`{"error": …}`. Whatever code prints to stdout or stderr goes to stderr. When stdin ends, the one who asked is gone, and
the process kills itself: nobody would hear what it did, and another worker may be at the same run.
"""
