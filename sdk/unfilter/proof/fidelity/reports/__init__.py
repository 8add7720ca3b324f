"""A report in the forms that people and machines read: terminal, JUnit XML, one HTML page. (JSON is the report itself.)"""
