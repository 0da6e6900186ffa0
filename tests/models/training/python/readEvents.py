"""Prints the scalars of a folder of event files as TensorBoard's own reader gives them: {tag: [[step, value], …]}."""
import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator, SCALARS, TENSORS

accumulator = EventAccumulator(sys.argv[1], size_guidance={SCALARS: 0, TENSORS: 0})
accumulator.Reload()
tags = accumulator.Tags()
found = {tag: [[e.step, e.value] for e in accumulator.Scalars(tag)] for tag in tags["scalars"]}
for tag in tags["tensors"]:
    values = [[e.step, float(e.tensor_proto.float_val[0])] for e in accumulator.Tensors(tag)]
    found.setdefault(tag, []).extend(values)
print(json.dumps(found))
