"""What whoever goes to a child's home must know to be safe there, and to keep the child safe."""
