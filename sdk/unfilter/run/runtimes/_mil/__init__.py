"""Parts of the reference executor (runtime `mil`): the package on disk, its weights, the operations, the program."""
