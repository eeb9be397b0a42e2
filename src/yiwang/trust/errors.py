"""What can go wrong with proofs.

YiwangError
├── FileDamaged
│   └── SealBroken       sealed bytes that were changed, or were sealed for something else
├── Unavailable
│   └── KeysLocked       the master key is missing, unreadable or another one
├── Refused
│   ├── ClientRefused    a program without a token that is good here
│   └── UseRefused       no grant covers this use of data; `where` names the rule
└── InputError
    └── ProofWrong       a proof, a signature or a package that does not hold; `where` names the first bad part
"""

from __future__ import annotations

from yiwang.kernel.errors import FileDamaged, InputError, Refused, Unavailable


class UseRefused(Refused):
    code = "use_refused"


class ClientRefused(Refused):
    code, status = "client_refused", 401


class ProofWrong(InputError):
    code = "proof_wrong"
    # something was checked and does not hold: not the asker\'s fault
    exit_code = 1


class KeysLocked(Unavailable):
    code = "keys_locked"


class SealBroken(FileDamaged):
    code = "seal_broken"
