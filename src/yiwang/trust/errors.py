"""What can go wrong with proofs.

YiwangError
├── Refused
│   └── UseRefused       no grant covers this use of data; `where` names the rule
└── InputError
    └── ProofWrong       a proof, a signature or a package that does not hold; `where` names the first bad part
"""

from __future__ import annotations

from yiwang.kernel.errors import InputError, Refused


class UseRefused(Refused):
    code = "use_refused"


class ProofWrong(InputError):
    code = "proof_wrong"
