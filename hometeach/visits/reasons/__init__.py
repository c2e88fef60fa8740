"""The coded reasons for which a lesson may be missed, as the bureau writes them."""
