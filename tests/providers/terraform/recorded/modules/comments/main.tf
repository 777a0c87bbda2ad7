/* a block comment
   resource "x" "y" { */
locals { # after a brace
  # { unbalanced
  a              = 1 // }
  /* inline */ b = "/* not a comment */"
  c              = "# not a comment either" # but this is
  d = [                                     # opening
    1, /* between */ 2,
    # 3,
  ]
  e = { // object
    k = "v" /* trailing */
  }
}

output "all" { value = [local.a, local.b, local.c, local.d, local.e] }
