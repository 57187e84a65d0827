"""A local AWS over HTTP, for demos, rehearsals and tests.

What it proves, and what not
----------------------------
It proves wire shape and our own logic: that a request is one AWS's service model allows, that an
answer is read right, that paging, throttling, refusals and lies are survived. It does not prove
AWS's behaviour: consistency, delivery delays, IAM evaluation and the meaning of a policy are not
modelled. No signature is checked; anybody who reaches the port is whoever they say.

How it is made
--------------
`front.py` is one WSGI application on 127.0.0.1. It reads account, Region and service from the
credential scope of a request's signature, and the operation from botocore's service models.
Operations of our own (`operations/`, one file per service) answer from `world.py` what moto does
not have; moto, in the same process, answers the rest. What neither answers is HTTP 501, never a
canned success. `faults.py` breaks answers on request, `log.py` remembers who asked what.

Which account is meant: a key that moto issued (an IAM user's, or a session's from AssumeRole)
belongs to its account; else twelve digits in the key id name it; else the scenario's first.

Start reading at `server.py` (`Sandbox.start`), and `scenarios/small.yaml` for the scenario format.
"""
