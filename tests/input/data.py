"""Small HDF5 files for the malformed-input cases, so that they need no HDF5 of Python's.

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

# inputs = arange(18).reshape(3, 6)/4, nan_inputs = the same with NaN at [1, 4], wide = its first five columns, empty = 0 x 6;
# labels = [0, 1, 0], high_labels = [0, 2, 1], low_labels = [0, -1, 1], float_labels = [0.0, 1.0, 0.0]; shares = [[1/2, 1/2],
# [1/4, 3/4], [1, 0]], inf_shares with infinity last, no_shares with [1/4, 1/2] and negative_shares with [5/4, -1/4] in the
# middle.
PATTERNS = zlib.decompress(base64.b64decode("""
eNrr9HBx4+WS4mLm4GCAgf9QoCMN4RtAxR2LVh/193AJYlL4s5c5GxlXMAmBFKgIQxSuYIfQXEwMjEAqgoFmYL5X9U2wkxgZGBlVGBiYmBgZmaFybFAagy
/CwCioYM8A8bADgwk3g8l/oCJWoGuZuTiAPmFhhEoyTIBZtIBh0ANFzu4EWoTFhCEYFsyH3LfhCgtWtLBgJSEsFDghaiuGUFic77ksDA8LEWBYMCLCAk7z
MDAKAD0O8zuyn2dA/SwBM3AHw5AFiQfNXSkJiw3DKCw2Z7iuIlMrJUF4YhgFYfjdX6L0sckpxMMFWFIxMTBwA3kpGhwiEHEeIISAb4v5ctyCg10ZtkFrYc
b/QAyqf9+8FtpFnC0X7CH0Ayj9Akp/gNJfoPQPKP0HSgOjGAyYoDQLlGaD0hxQmgtK80BpPigtAKUFHWjjnh/19HEPseFCrP0M4PYTNsCEQx7WdsOuD+ZO
GHiA5p8LOPxFqvoP9fjVPyDSfFj8XtiPXf0oGAWjYBSMAnIBwZYcEZ2iB+gtug1DLxxW7GDC2WFkQgsTJhLC5gcn6hjKUOgwLt218QMtwkKDa+iFRaiUM7
tbkEcAAzvYswKYLa3/UD6s2Q0PEiZUk3iItJEFSSekFacApHUkYWL6js5/3IKBvQGG/2htQEYMkwIYKoC6YTLnoMNyUgyotLjt3FdOIT5uDKxVv4TUGa6D
pfjdTAMY1gGZogy2ziENDB9BzVKG4+sKJzNEA5liDCJrFyxg8AI1khn+bxZazmANZPIz3E46tYJBDaztgJTRWYbDQKYIw2qR0zcZ5oLVakyc84JBFMz0S4
l+xVAIVnv/xNvXDG0gtzAUnLRfM1ouD1g9QMX8HjEE83v46qLHtAiLjiEYFrJro33QwwImx4amlpQBZbSCc0iExcWEO8luHi5O8DkOEOjmSI5lZGDLzCso
LSk+DC+FufIS8+IhgucZYYIs5ZkpqbeZYFy2nMSk1Jzi58wwAe6MzPSMeIjoZxa4UTn55VBBMzaYIE9aTn5iCVQYViUBjSzOSCxKLeYRhGvOzEuLhwhKCM
EEOfPyoWIcYjAx/rzU9MSSzLJUqIyIOEyGNTW3oKRSQWK0gAQCAGA8KM4=
"""))
