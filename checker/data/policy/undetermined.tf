variable "region" { # expect: my-policy undetermined aws_sagemaker_notebook_instance.lab
  type = string
}

provider "aws" {
  region = var.region
}

resource "aws_sagemaker_notebook_instance" "lab" {
  name          = "lab"
  role_arn      = "arn:aws:iam::111122223333:role/lab"
  instance_type = "ml.t3.medium"
}
