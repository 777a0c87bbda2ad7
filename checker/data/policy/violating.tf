provider "aws" {
  # expect: my-policy outside aws_sagemaker_notebook_instance.lab
  region = "eu-west-3"
}

resource "aws_sagemaker_notebook_instance" "lab" {
  name          = "lab"
  role_arn      = "arn:aws:iam::111122223333:role/lab"
  instance_type = "ml.t3.medium"
}
