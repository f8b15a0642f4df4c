"""`make bench`: the hub driven from outside at full size, measured against a yardstick of the machine it runs on."""
