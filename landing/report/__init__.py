"""Reports: plans and drift as text, Markdown, JSON, HTML, SARIF and JUnit."""
