"""Security ticket triage for AWS: close by proof, by signature or by licence; never by hunch."""

__version__ = "0.1.0"
