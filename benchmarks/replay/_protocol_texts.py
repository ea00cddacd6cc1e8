"""What the split tasks say of their protocol, in the words that all of them share."""

from __future__ import annotations

CLASS = "Class-incremental: one head for all classes, and no hint which task a test image is of."
SCENARIOS = (
    f"{CLASS} Under scenario=domain the network tells only which of its task's classes an image is, by its number."
)
ONLINE = (
    "Online: one pass. Methods that need a task's end nevertheless see its samples once more then, which is why they "
    "are ranked apart."
)
OFFLINE = "{epochs} epochs of each task; methods that work on the stream are shown each sample once, in the first."
PASSES = f"{ONLINE} Under passes=offline {OFFLINE}"
PROTOCOL = (
    "A seed draws the order of the classes, that of the samples and the network. The learner is experience replay for "
    "every method: plain SGD on the mean loss of both halves of the step. Each task has an equal share of the buffer "
    "where a selector fills it; online methods share it out themselves. The budget is bytes: pixels as they are "
    "stored, 8 for a label, 8 for each number kept with a slot; what a method keeps besides is audited, and one "
    "that is over the budget fails."
)
