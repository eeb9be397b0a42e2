"""The pack files the trust engine owns: none yet; grants, purposes and credentials are named by files of higher rooms."""

from __future__ import annotations
