"""Recipients to try with: many in one process, each as slow, broken or particular as it is told to be, and each a witness."""

from connectors.kit.simulator.behaviour import Behaviour, Wire
from connectors.kit.simulator.client import SimulatorClient, running_simulator
from connectors.kit.simulator.control import Simulator
from connectors.kit.simulator.witness import Arrival

__all__ = ["Arrival", "Behaviour", "Simulator", "SimulatorClient", "Wire", "running_simulator"]
