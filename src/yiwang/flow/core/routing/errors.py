"""What can go wrong with routing.

YiwangError
└── InputError
    ├── ExamplesWrong       examples or a file of them nothing can be learned from
    └── RouterDamaged       bytes that are no trained router of this format
"""

from __future__ import annotations

from yiwang.kernel.errors import InputError


class ExamplesWrong(InputError):
    code = "bad_examples"


class RouterDamaged(InputError):
    code = "router_damaged"
