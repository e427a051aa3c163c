"""What botocore's service models say of a request and its answer: nothing here knows a service by name.

HTTP to parameters and results to HTTP (`wire`), which operation is meant (`model`), what the model refuses
(`constraints`), pages (`paging`), and how a service says no (`refusal`). Imported by every other package here. Begin
with `model`.
"""
