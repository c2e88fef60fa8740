"""One child, one case: where it stands."""
