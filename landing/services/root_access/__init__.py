"""Root access of members, managed centrally: no root credentials of their own, and sessions for single tasks."""
