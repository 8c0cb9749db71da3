import { register } from 'node:module'

// Given to node with --import: what is loaded afterwards has the bug that TORTURE_SEED names.
register('./hooks.js', import.meta.url)
