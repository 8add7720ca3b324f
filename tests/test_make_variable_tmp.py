import shutil
from pathlib import Path
def test_make(variable_bundle):
    shutil.copytree(variable_bundle, "/tmp/w/web_variable", dirs_exist_ok=True)
