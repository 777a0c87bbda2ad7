locals {
  from_c = "${var.d}-c"
}
