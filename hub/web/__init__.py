"""What the hub shows to the world over HTTP: the API and the pages, put together from the rooms that own them."""
