"""Broken input for the rules room: texts of FEEL and files of DMN, mutated at random from a seed, and what became of them."""
