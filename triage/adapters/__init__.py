"""Answers to ports, one package a technology; they know ports, questions and domain, no more."""
