"""What chapter 07 trains and measures.

``overfitting`` has few digits, learnt by heart, and when to stop; ``penalties`` what L2 and L1 do to weights;
``subnetworks`` all those that dropout trains; ``augmenting`` changed images; ``remedies`` each way to hold a network
back, and all of them together; ``measured`` has the learning curves, which take long.
"""
