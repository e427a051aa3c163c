"""Reports: plans and drift as text, Markdown, JSON, HTML, SARIF and JUnit.

Here belong words and layout; nothing is decided. Everything from AWS or the config goes through `core.text.safe`.
Imported by the command line. Begin with `plan_text`.
"""
