"""A small HDF5 file for the malformed-input cases, so that they need no HDF5 of Python's.

Made with h5py (libver="latest"): six = arange(6)/4, matrix = arange(12).reshape(2, 6)/2, nan = [1, NaN], text = "abc",
integers = [3, 4], and an empty group `group`.
"""

import base64
import zlib

CONTENT = zlib.decompress(base64.b64decode("""
eNrr9HBx4+WS4mLm4GCAgf9QcEACwjeAik9xDLno7+ESxKTwiYE5GxlXMAkha4QBLiYGRgYGNj4GIMVcnFlxGGqQgAADQxsrhG0IFYOqykvMu8
0EFeEHibCUpFaUPGeGquJlQAVt6gciwU5iZGBkFGFgYGJkZGSDmQilmUUYGAUV7BkgHnRgMOFmMPkPNJAV6DpmLg6gy1kYoZJwrzJsYBhygFd7
Zik8LFSAYQEMDCa0sGAiI2wMoGGTALNoweAPi57t+UfQ0wUTWhgQ4/cJUL8LDOF08TXaYCE8LFgg/gf5XZKREewvEGYEq+SA+J0J4vcF6H4/wD
DkwfNcflUyijCGCNo5STrIrd7f2cObTRAUDWy5iSVFmRXnGREl5WFoZjWGZb9ZxTEE0zYPA6MABwM8bSOn6Q0SaPG6Y+jGZyzf3nZw4AmAAo81
vSi/tOAzC7SMEwaJcWTmlaSmpxYVb4dWOKuVUiIYRgFWcMEeQj+A0i+g9Aco/cUeVf0DNPkfMHkHCMUCpTmgNA+UFoDSQlBaBEqLOaCZVw+q+D
dACyJQnnB39vdhREq9jLAED6UTk5JRXHiDfzRWR8EoGAWjYBSMglEwCkbBKBgFo2AUjIKhBmD9fOgYDwMArrmJxQ==
"""))
