"""Write the completion files."""

from tests import completions

completions.FOLDER.mkdir(exist_ok=True)
for name, text in completions.written().items():
    (completions.FOLDER / name).write_text(text)
