"""A certificate of the fake's own, which no machine trusts unless it is named."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)


def certificate(folder: Path) -> Path:
    """Write a self-signed certificate for 127.0.0.1 with its key beside it; return its file, for AWS_CA_BUNDLE."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fake AWS")])
    now = datetime.datetime.now(datetime.UTC)
    loopback = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - DAY).not_valid_after(now + DAY)
    signed = made.add_extension(loopback, critical=False).sign(key, hashes.SHA256())
    path = folder / "fake-ca.pem"
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    _key_of(path).write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


def context(certificate: Path) -> ssl.SSLContext:
    """Return what a server needs to show it."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate, _key_of(certificate))
    return made


def _key_of(certificate: Path) -> Path:
    return certificate.with_suffix(".key")
