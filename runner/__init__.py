"""Run any command as a named AWS identity.

The house. A part imports only parts on lower floors; parts on one floor never import each other
(tests/guards/test_floors.py reads this map and checks every import, lazy ones included):

floor  parts
9 · __main__
8 · run export names
7 · renewal
6 · cold
5 · cli record
4 · acquire inject child sandbox
3 · index
2 · settings leases
1 · places report
0 · model bundle

Warm is what runs on every start and what stays resident while the command runs; cold is all that needs a
third-party package. Warm code reaches cold code through cold.py alone.
"""

__version__ = "0.1.0"
