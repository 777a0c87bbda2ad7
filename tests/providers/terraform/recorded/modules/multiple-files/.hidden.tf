locals {
  from_c = "hidden files are not read"
}
