from tests.cli.conftest import kdiag as kdiag
