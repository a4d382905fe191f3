# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Neural networks, from the formula to the running code
#
# Every idea stands here twice: first in bare NumPy, so that no step is hidden, then with Layerwise, which is what you
# would use. A line with `np.testing` between the two insists that the numbers are the same. If you read only one thing
# closely, read section 3: it is a whole network, trained by hand.
#
# You need vectors, matrices, the derivative and the chain rule. The letters are those of
# [the notation page](../docs/notation.md): N samples, one a **row**; W of shape (outputs, inputs); `dz` is the gradient
# of the cost by `z`. Where a question asks you to predict, do it before you open the output: what surprises is kept.

# %%
import io
import math

import numpy as np
import PIL.Image
from IPython.display import SVG, Image

import layerwise as lw
from layerwise import formulas
from layerwise.autograd import Tensor, apply
from layerwise.insight import Recorder, layer_information
from layerwise.models import gpt
from layerwise.optimizers import clip_by_norm
from layerwise.plots import decision_boundary, heatmap, lines, network_svg, new_panels, style
from layerwise.random import generator


def show(ax):
    """The figure of these axes as a picture that is small enough to be kept in the notebook."""
    drawn, small = io.BytesIO(), io.BytesIO()
    ax.figure.savefig(drawn, dpi=110)
    few_colours = PIL.Image.open(drawn).convert("RGB").quantize(200, PIL.Image.Quantize.MAXCOVERAGE, kmeans=3)
    few_colours.save(small, "png", optimize=True)
    return Image(small.getvalue(), alt=ax.get_title(loc="left"))


# %% [markdown]
# ## 1. Fundamentals
#
# A neural network is a function with many adjustable numbers: sums with weights, a bend, sums again. The name comes
# from nerve cells, which also add up what reaches them and answer beyond a threshold. That is where the likeness ends:
# real cells fire in time, and none is known to send errors back as a network does.
#
# ### The perceptron
# One unit: ŷ = 1 if w·x + b > 0, else 0. The rule of 1958 changes the weights only after a mistake, by the input:
# w ← w + η (y - ŷ) x.

# %%
points = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
AND, XOR = np.array([0, 0, 0, 1]), np.array([0, 1, 1, 0])


def learn(x, y, epochs):
    """The rule, sample by sample; returns w, b, and how many mistakes each epoch had."""
    w, b, mistakes = np.zeros(2), 0.0, []
    for _ in range(epochs):
        mistakes.append(0)
        for x_n, y_n in zip(x, y, strict=True):
            error = y_n - float(w @ x_n + b > 0)
            w, b = w + error * x_n, b + error
            mistakes[-1] += int(error != 0)
        if mistakes[-1] == 0:
            break
    return w, b, mistakes


w, b, mistakes = learn(points, AND, epochs=20)
run = formulas.train_perceptron(points, AND, epochs=20)
np.testing.assert_array_equal(w, run.w)
print("AND: w =", w, " b =", b, " mistakes in each epoch:", mistakes)

# %% [markdown]
# **Predict**: how many epochs will the same rule need for XOR (1 where exactly one input is 1)?

# %% jupyter={"outputs_hidden": true}
w_xor, b_xor, mistakes_xor = learn(points, XOR, epochs=20)
assert mistakes_xor == formulas.train_perceptron(points, XOR, epochs=20).mistakes
print("XOR, mistakes in each epoch:", mistakes_xor)

# %%
left, right = new_panels(2, 8.6, 3.8)
for ax, labels, (w1, w2), b_, name in ((left, AND, w, b, "AND"), (right, XOR, (1.0, 1.0), -0.5, "XOR")):
    decision_boundary(
        lambda x, w=(w1, w2), b_=b_: 8 * (x @ np.array(w) + b_)[:, None],
        points, labels, classes=["0", "1"], ax=ax, title=name,
    )  # fmt: skip
show(left)

# %% [markdown]
# *A unit is a line. It parts AND; whichever line you try on XOR, one of the four points is on the wrong side. The
# line of AND goes through a point: the rule stops at the first line without a mistake, not at the best one.*
#
# The rule for XOR does not fail for lack of patience: no line exists (Minsky and Papert, 1969). More epochs, another
# rate or another start change nothing. What helps is a layer in between.
#
# ## 2. Components
#
# A **layer** is many units that look at the same inputs. Each unit has a **weight** for every input, and a **bias**;
# an **activation function** bends its sum. In a fully connected network every unit is joined with every unit of the
# layer before, and with none of its own.

# %%
small = lw.Network(lw.Linear(3, 3), lw.Sigmoid(), lw.Linear(3, 1), lw.Sigmoid(), seed=0, dtype="float64")
x = np.array([[0.5, -1.0, 2.0]])
W1, b1, W2, b2 = small.parameters().values()

a1 = 1 / (1 + np.exp(-(x @ W1.T + b1)))
y = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
np.testing.assert_allclose(small(x), y, rtol=1e-12)
print("output", y, " parameters", small.theta.size, "= (3·3 + 3) + (3·1 + 1)")
SVG(network_svg(small))

# %% [markdown]
# *Twelve lines are twelve weights: 3 x 3 into the hidden layer and 3 x 1 out of it. The four biases are not drawn.*
#
# In Layerwise all parameters are one vector, `net.theta`, and every weight is a view into it.
#
# ## 3. Training: forward, loss, backward, step
#
# Four lines are repeated until the network is good:
#
# | | for one sample, as a column | for a batch of rows (the code) |
# |---|---|---|
# | forward | z = W a + b | `z = a @ W.T + b` |
# | error at the output | δ = p - y | `dz2 = (p - y) / N` |
# | error one layer down | δ ← (Wᵀ δ) ⊙ σ'(z) | `dz1 = (dz2 @ W2) * (1 - a1 * a1)` |
# | gradients | ∂C/∂W = δ aᵀ, ∂C/∂b = δ | `dW = dz.T @ a`, `db = dz.sum(axis=0)` |
#
# Three places where learners go wrong. **δ aᵀ is an outer product**, in this order: a wrong order fits too when the
# layer is square. **The bias was copied to every row on the way forward, so on the way back the rows are added.**
# **Divide by N once**: here it is in `dz2`, and nowhere else.

# %%
data = lw.data.load("moons", n=500, noise=0.15, seed=0)
x = data.train.x.astype(float)
y = data.train.y[:, None].astype(float)
N = len(x)
net = lw.Network(lw.Linear(2, 16), lw.Tanh(), lw.Linear(16, 1), seed=3, dtype="float64")
W1, b1, W2, b2 = (each.copy() for each in net.parameters().values())


def forward_and_back(W1, b1, W2, b2):
    """The cost, and its gradient by each of the four arrays."""
    z1 = x @ W1.T + b1  # (N, 16)
    a1 = np.tanh(z1)
    z2 = a1 @ W2.T + b2  # (N, 1)
    p = 1 / (1 + np.exp(-z2))
    C = -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()

    dz2 = (p - y) / N  # sigmoid and cross-entropy together
    dW2 = dz2.T @ a1
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ W2
    dz1 = da1 * (1 - a1 * a1)  # tanh' = 1 - tanh²
    dW1 = dz1.T @ x
    db1 = dz1.sum(axis=0)
    return C, dW1, db1, dW2, db2


C, *by_hand = forward_and_back(W1, b1, W2, b2)

loss = lw.BCEWithLogitsLoss()
net.zero_grad()  # gradients add up; forgetting this makes every step include all the steps before
output, backward = net.forward(x, training=True)
value, backward_loss = loss(output, y)
backward(backward_loss())

np.testing.assert_allclose(value, C, rtol=1e-12)
for mine, theirs in zip(by_hand, net.gradients().values(), strict=True):
    np.testing.assert_allclose(theirs, mine, rtol=1e-9, atol=1e-15)
print("cost", C, "- and all four gradients agree")

# %% [markdown]
# Is the gradient itself right? Moving one weight by a little and looking at the cost answers that without any
# formula. Do it for every layer that you write; a falling loss proves nothing (`transposed_gradient` in the script).

# %%
eps = 1e-5
up, down = W1.copy(), W1.copy()
up[0, 0] += eps
down[0, 0] -= eps
slope = (forward_and_back(up, b1, W2, b2)[0] - forward_and_back(down, b1, W2, b2)[0]) / (2 * eps)
print(f"slope {slope:.9f}, dW1[0, 0] {by_hand[0][0, 0]:.9f}")
np.testing.assert_allclose(slope, by_hand[0][0, 0], rtol=1e-6)
print(lw.gradcheck(net, x[:30], y[:30], loss))

# %% [markdown]
# Now the step, θ ← θ - η g, again and again. Backpropagation and gradient descent are two things: the first computes g,
# the second uses it. So **all gradients first, then all updates**; updating W2 inside the backward pass would send the
# error through a weight that did not make it.

# %%
lr, epochs = 0.5, 1500
costs = []
for _ in range(epochs):
    C, dW1, db1, dW2, db2 = forward_and_back(W1, b1, W2, b2)
    W1 -= lr * dW1
    b1 -= lr * db1
    W2 -= lr * dW2
    b2 -= lr * db2
    costs.append(C)

history = lw.fit(net, (x, y), loss=loss, optimizer=lw.GradientDescent(lr=lr), epochs=epochs, batch_size=N)
np.testing.assert_allclose(history["train_loss"], costs, rtol=1e-7)
np.testing.assert_allclose(net[0].weight, W1, rtol=1e-6)
print(f"cost {costs[0]:.3f} to {costs[-1]:.3f}; fit: {history['train_loss'][-1]:.3f}")

# %%
left, right = new_panels(2, 9.4, 3.9)
updates = np.arange(1, epochs + 1)
curves = {"by hand": costs, "fit": history["train_loss"]}
lines(updates, curves, title="Cost by update", labels=("update", "cross-entropy (nats)"), ax=left)
decision_boundary(
    lambda x: np.tanh(x @ W1.T + b1) @ W2.T + b2, *data.test, classes=data.classes, ax=right, title="On new points"
)
show(left)

# %% [markdown]
# *Left: two curves, one on the other; the loop above and `fit` do the same. Right: sixteen units bend the line between
# the classes; the paler the colour, the less sure the network.*
#
# In `fit`, an **epoch** is one pass over the training data, a **batch** the samples of one update (64 unless given).
# The training loss of an epoch is a mean over its batches *while the weights move*, the validation loss is measured
# after it. That alone can put validation below training, without anything being wrong.
#
# ## 4. Activation functions
#
# Without a bend, layers collapse: W₂(W₁x) = (W₂W₁)x is one layer. What the backward pass meets is the derivative.

# %%
z = np.linspace(-4, 4, 401)
s, t = 1 / (1 + np.exp(-z)), np.tanh(z)
values = {"sigmoid": s, "tanh": t, "ReLU": np.maximum(0, z)}
slopes = {"sigmoid": s * (1 - s), "tanh": 1 - t**2, "ReLU": (z > 0).astype(float)}
for name, formula in {"sigmoid": formulas.sigmoid, "tanh": formulas.tanh, "ReLU": formulas.relu}.items():
    value, backward = formula(z)
    np.testing.assert_allclose(value, values[name], atol=1e-15)
    np.testing.assert_allclose(backward(np.ones_like(z)), slopes[name], atol=1e-15)

left, right = new_panels(2, 9.4, 3.7)
lines(z, values, title="Value", labels=("z", "a"), ax=left)
lines(z, slopes, title="Derivative", labels=("z", "da / dz"), ax=right)
left.set_ylim(-1.3, 2.6)
show(left)

# %% [markdown]
# *The derivative of the sigmoid is at most 1/4, that of tanh 1, and only at 0; far out both vanish. ReLU passes the
# gradient whole, or not at all.*
#
# - **Sigmoid**: an output in (0, 1), for the probability of one class of two. In hidden layers its 1/4 per layer
#   starves the first ones: ten in a row leave at most 0.25¹⁰ = 9.5·10⁻⁷ (`vanishing_gradients` in the script).
# - **Tanh**: the same shape around 0.
# - **ReLU**: the usual choice in hidden layers. For z ≤ 0 the gradient is 0 *for that input*; a unit is **dead** only
#   if that holds for all inputs.
#
# Smoother relatives let a little through on the left side:

# %%
phi = np.array([0.5 * math.erfc(-each / math.sqrt(2)) for each in z])  # the normal distribution function
relatives = {
    "leaky ReLU": (np.where(z > 0, z, 0.01 * z), formulas.leaky_relu(z, 0.01)[0]),
    "ELU": (np.where(z > 0, z, np.exp(z) - 1), formulas.elu(z, 1.0)[0]),
    "GELU": (z * phi, formulas.gelu(z)[0]),
    "SiLU": (z * s, formulas.silu(z)[0]),
    "softplus": (np.log(1 + np.exp(z)), formulas.softplus(z, 1.0)[0]),
}
for name, (mine, theirs) in relatives.items():
    np.testing.assert_allclose(theirs, mine, atol=1e-12, err_msg=name)
curves = {name: theirs for name, (_, theirs) in relatives.items()}
ax = lines(z, curves, title="On the right all are nearly z; they differ on the left", labels=("z", "a"))
ax.set(xlim=(-4, 2.5), ylim=(-1.2, 2.6))
show(ax)

# %% [markdown]
# *Look left of 0: leaky ReLU falls slowly for ever, ELU ends at -1, GELU and SiLU dip below 0 and come back, softplus
# is never below 0.*
#
# ### Softmax
# p = e^z / Σ e^z turns a row of numbers (**logits**) into probabilities. Two traps: the sum goes over the **classes**,
# so `axis=1` here; and every output depends on every logit, so the derivative is a matrix, diag(p) - p pᵀ, not a
# product element by element.

# %%
logits = np.array([[2.0, 1.0, 0.0], [0.5, 0.5, 3.0]])
e = np.exp(logits - logits.max(axis=1, keepdims=True))  # a shift changes nothing, and e^z can not overflow
p = e / e.sum(axis=1, keepdims=True)
q, backward = formulas.softmax(logits)
np.testing.assert_allclose(q, p, rtol=1e-14)

upstream = np.array([[1.0, -2.0, 0.5], [0.3, 1.0, -1.0]])  # uneven: a constant row would give 0 and test nothing
by_hand = np.array([(np.diag(row) - np.outer(row, row)) @ d for row, d in zip(p, upstream, strict=True)])
np.testing.assert_allclose(backward(upstream), by_hand, atol=1e-15)
print(p.round(3), "rows sum to", p.sum(axis=1))

first = np.linspace(-4, 6, 201)
rows, _ = formulas.softmax(np.stack([first, np.ones_like(first), np.zeros_like(first)], axis=1))
curves = {f"class {k + 1}": rows[:, k] for k in range(3)}
title = "What one class gains, all the others lose"
show(lines(first, curves, title=title, labels=("first logit (the others are 1 and 0)", "probability")))

# %% [markdown]
# *Only the first logit moves, yet all three probabilities change; classes 2 and 3 keep their ratio e.*
#
# ## 5. Losses
#
# **Regression.** Mean squared error, MSE = (1/n) Σ (ŷ - y)², with gradient 2(ŷ - y)/n; its best constant answer is the
# mean. The absolute error asks for the median; Huber's loss is a parabola near 0 and a line beyond δ.

# %%
prediction, target = np.array([[1.0], [5.0], [2.5]]), np.array([[2.0], [2.0], [2.0]])
error = prediction - target
huber = np.where(np.abs(error) <= 1, error**2 / 2, np.abs(error) - 0.5)
for criterion, by_hand, slope in (
    (lw.MSELoss(), (error**2).mean(), 2 * error / 3),
    (lw.L1Loss(), np.abs(error).mean(), np.sign(error) / 3),
    (lw.HuberLoss(delta=1.0), huber.mean(), np.clip(error, -1, 1) / 3),
):
    value, backward = criterion(prediction, target)
    np.testing.assert_allclose(value, by_hand)
    np.testing.assert_allclose(backward(), slope)
    print(f"{criterion}: {value:.3f}")

# %% [markdown]
# **Predict**: the predictions 1, 2, 3, 4 are perfect, but have shape (4,), and the targets (4, 1). What is
# `((prediction - target) ** 2).mean()`?

# %% jupyter={"outputs_hidden": true}
target = np.array([[1.0], [2.0], [3.0], [4.0]])
perfect, clueless = np.array([1.0, 2.0, 3.0, 4.0]), np.full(4, 2.5)
print("perfect:", ((perfect - target) ** 2).mean(), " always the mean:", ((clueless - target) ** 2).mean())
try:
    lw.MSELoss()(perfect[:, None], target[:, 0])
except lw.errors.ShapeError as problem:
    print(problem)

# %% [markdown]
# NumPy made a 4 x 4 table of differences without a word, and the perfect answer scores worse than the clueless one.
# Layerwise refuses shapes that differ.
#
# **Classification.** Cross-entropy is the surprise at the true class, -log p. Its derivative -1/p grows without bound
# as p goes to 0, and the Jacobian of softmax goes to 0 there; their product is plain: **p - y**. That is why losses
# take logits and do both at once. Never give such a loss probabilities: softmax would be applied twice, and no training
# can then bring the loss below ln(e + K - 1) - 1, which is 1.46 for ten classes.

# %%
labels = np.array([2, 2])
onehot = np.eye(3)[labels]
C = -np.log(p[np.arange(2), labels]).mean()
chain = np.array([(np.diag(row) - np.outer(row, row)) @ d for row, d in zip(p, -onehot / p / 2, strict=True)])
value, backward = lw.CrossEntropyLoss()(logits, labels)
np.testing.assert_allclose(value, C)
np.testing.assert_allclose(chain, (p - onehot) / 2, atol=1e-15)  # Jacobian times -y/p: the detour
np.testing.assert_allclose(backward(), chain, atol=1e-15)
print("cross-entropy", C, "\ngradient\n", backward().round(3))

z = np.linspace(-8, 8, 321)[:, None]  # the logit of a sample whose class is 1
one, count = np.ones((1, 1)), 1.0
p1 = 1 / (1 + np.exp(-z))
entropy_slope = p1 - 1
square_slope = 2 * (p1 - 1) * p1 * (1 - p1)
np.testing.assert_allclose(
    formulas.binary_cross_entropy_with_logits(z, np.ones_like(z), one, count)[1](1.0), entropy_slope, atol=1e-15
)
curves = {"cross-entropy: p - 1": entropy_slope[:, 0], "squared error: 2(p - 1)p(1 - p)": square_slope[:, 0]}
title = "Surely wrong (left): one loss pulls, the other has given up"
show(lines(z[:, 0], curves, title=title, labels=("logit z of the true class", "gradient by z")))

# %% [markdown]
# *At z = -8 the network is almost certain of the wrong class. Cross-entropy pulls with all its force, -1; the squared
# error of the probability hardly at all. So: squared error for quantities, cross-entropy for classes.*
#
# ## 6. Gradient descent and its relatives
#
# The **learning rate** is a step size, not a speed: above 2 / curvature every step makes things worse. On
# f = ½ (θ₁² + 100 θ₂²) the limit is 2/100.

# %%
CURVATURE = np.array([1.0, 100.0])


def descend(step, updates=400):
    """f after each update, from (1, 1); `step` changes theta in place."""
    theta, f = np.array([1.0, 1.0]), []
    for t in range(1, updates + 1):
        step(theta, CURVATURE * theta, t)
        f.append((CURVATURE * theta**2).sum() / 2)
    return np.array(f)


def gradient_descent(theta, g, t):
    theta -= 0.019 * g


v_momentum = np.zeros(2)


def momentum(theta, g, t):
    v_momentum[:] = 0.9 * v_momentum + 0.01 * g
    theta -= v_momentum


m, v = np.zeros(2), np.zeros(2)


def adam(theta, g, t):
    m[:] = 0.9 * m + (1 - 0.9) * g
    v[:] = 0.999 * v + (1 - 0.999) * g**2
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)  # both begin at 0; this corrects for it
    theta -= 0.1 * m_hat / (np.sqrt(v_hat) + 1e-8)


by_hand = {"gradient descent": descend(gradient_descent), "momentum": descend(momentum), "Adam": descend(adam)}
optimizers = {
    "gradient descent": lw.GradientDescent(lr=0.019),
    "momentum": lw.Momentum(lr=0.01, gamma=0.9),
    "Adam": lw.Adam(lr=0.1),
    "AdaGrad": lw.Adagrad(lr=0.5),
    "RMSprop": lw.RMSprop(lr=0.01),
}
paths = {name: descend(lambda theta, g, t, each=each: each.step(theta, g)) for name, each in optimizers.items()}
for name, f in by_hand.items():
    np.testing.assert_allclose(paths[name], f, rtol=1e-7, atol=1e-25)
    print(f"{name}: below 0.0001 after {np.argmax(f < 1e-4) + 1} updates")

best = {name: np.minimum.accumulate(f) for name, f in paths.items()}  # momentum and Adam go up and down on their way
labels = ("update", "least f so far (logarithmic)")
ax = lines(np.arange(1, 401), best, log="y", title="Narrow valley: how far down by update", labels=labels)
ax.set_ylim(1e-9, 200)
show(ax)

# %% [markdown]
# *Gradient descent is held up by the flat direction; momentum gathers speed along it; AdaGrad, RMSprop and Adam give
# each parameter a step of its own. They scale the axes, not the valley: turn it by 45° and Adam's 82 updates become 388
# (`ravine` in the script).*
#
# Momentum exists in two forms: with the rate inside the velocity (above, `lw.Momentum`), or outside (`lw.SGD`, as in
# PyTorch). They make the same steps until the rate changes.

# %%
digits = lw.data.load("digits", seed=0)
curves = {}
for name, optimizer in {
    "gradient descent": lw.GradientDescent(lr=0.1),
    "momentum": lw.SGD(lr=0.1, momentum=0.9),
    "RMSprop": lw.RMSprop(lr=0.003),
    "Adam": lw.Adam(lr=0.003),
}.items():
    model = lw.Network(lw.Linear(64, 32), lw.ReLU(), lw.Linear(32, 10), seed=0)
    found = lw.fit(model, digits.train, loss=lw.CrossEntropyLoss(), optimizer=optimizer, epochs=12, progress=False)
    curves[name] = found["train_loss"]
title = "Handwritten digits: training loss under four optimizers"
show(lines(np.arange(1, 13), curves, log="y", title=title, labels=("epoch", "cross-entropy (nats, logarithmic)")))

# %% [markdown]
# *All begin near ln 10 = 2.3, the loss of one who knows nothing of ten classes. One seed and hand-picked rates: this
# shows that the choice matters, not which optimizer is best.*
#
# Where do runs get stuck? Mostly on plateaus and in narrow valleys, rarely in local minima; those are real too, in
# small networks (`local_minima` in the script counts them).
#
# ## 7. What one hidden layer can do
#
# A step at c is a unit with a very large weight. Two steps make a bump, many make any curve: with enough units, one
# hidden layer and any bend that is not a polynomial, every continuous function on a closed interval can be met to any
# accuracy. That is the universal approximation theorem, and it is about what *exists*: it does not say that training
# finds it, how many units it takes, or what happens outside the interval.

# %%
x_line = np.linspace(0, 1, 500, endpoint=False)[:, None]
wave = np.sin(2 * np.pi * x_line)
curves = {"sin 2πx": wave[:, 0]}
for pieces in (4, 16, 64):
    edges = np.arange(pieces) / pieces
    heights = np.sin(2 * np.pi * (edges + 0.5 / pieces))
    jumps = np.diff(heights, prepend=0)
    built = (x_line >= edges) @ jumps

    steep = lw.Network(lw.Linear(1, pieces), lw.Sigmoid(), lw.Linear(pieces, 1, bias=False), dtype="float64")
    steep[0].weight, steep[0].bias = np.full((pieces, 1), 1e6), -1e6 * edges + 100
    steep[2].weight = jumps[None, :]
    np.testing.assert_allclose(steep(x_line)[:, 0], built, atol=1e-12)
    print(f"{pieces} units: largest error {np.abs(built - wave[:, 0]).max():.3f}")
    if pieces < 64:
        curves[f"{pieces} units"] = built
show(lines(x_line[:, 0], curves, title="A curve from steps: each unit adds one", labels=("x", "y")))

# %% [markdown]
# *Four times the units, a quarter of the error. No training took place: the weights were written down.*
#
# ## 8. Regularization
#
# A **penalty** on the weights is added to the cost: L2, λ Σ w², pulls in proportion to the weight (gradient 2λw; texts
# that write ½λ have half of it), L1, λ Σ |w|, with the same force at every size. Two common beliefs need care:
#
# - *L1 makes weights exactly 0.* Only if the step can stop there. A step along λ·sign(w) leads past 0, and the next one
#   back. The **proximal** step, sign(w)·max(|w| - ηλ, 0), stops.
# - *L2 is weight decay.* For plain gradient descent, yes. Adam rescales the penalty's gradient like any other; AdamW
#   keeps the decay apart.

# %%
draw = generator(0, "notebook penalties")
inputs = draw.normal(size=(200, 6))
truth = np.array([[2.0, -1.0, 0.5, 0.0, 0.0, 0.0]])
outputs = inputs @ truth.T + 0.5 * draw.normal(size=(200, 1))


def fitted(strength, kind, updates=250, lr=0.1):
    """Weights of a linear model after gradient descent with a penalty, in bare NumPy."""
    w = np.zeros((1, 6))
    for _ in range(updates):
        g = 2 * (inputs @ w.T - outputs).T @ inputs / len(inputs)
        if kind == "L2":
            w = w - lr * (g + 2 * strength * w)
        else:
            w = w - lr * g
            w = np.sign(w) * np.maximum(np.abs(w) - lr * strength, 0)  # the soft threshold
    return w[0]


for penalty, kind in ((lw.L2(0.4), "L2"), (lw.L1(0.4, proximal=True), "L1")):
    linear = lw.Network(lw.Linear(6, 1, bias=False, init="zeros"), dtype="float64")
    lw.fit(linear, (inputs, outputs), loss=lw.MSELoss(), optimizer=lw.GradientDescent(lr=0.1), epochs=250,
           batch_size=200, regularizer=penalty, progress=False)  # fmt: skip
    np.testing.assert_allclose(linear[0].weight[0], fitted(0.4, kind), atol=1e-9)
    print(penalty, linear[0].weight[0].round(3), "exact zeros:", (linear[0].weight == 0).sum())

strengths = np.linspace(0, 4, 41)
left, right = new_panels(2, 9.4, 4.2)
for ax, kind in ((left, "L1"), (right, "L2")):
    weights = np.array([fitted(strength, kind) for strength in strengths])
    curves = {f"w{k + 1}": weights[:, k] for k in range(6)}
    lines(strengths, curves, title=f"{kind}: weights by strength", labels=("strength λ", "weight"), ax=ax)
    ax.set_ylim(-1.2, 2.2)
show(left)

# %% [markdown]
# *Left: one weight after the other reaches 0 and stays. Right: all shrink, none arrives. Only w1 to w3 are useful; L1
# drops the three others first, at the price of making the useful ones smaller too.*
#
# ### Dropout
# While training, each unit is silenced with probability p. The signal must keep its mean, and there are two ways. The
# classic one multiplies by 1 - p at test time; today's ("inverted") divides by 1 - p in training and does nothing at
# test time. Both have the same mean. Doing both, or neither, is off by a factor of 1 - p.

# %%
h, rate = np.array([[2.0, 4.0, 6.0, 8.0]]), 0.25
keep = generator(0, "notebook dropout").random((100_000, 4)) >= rate
classic_training, classic_test = (h * keep).mean(axis=0), (1 - rate) * h[0]
inverted_training, inverted_test = (h * keep / (1 - rate)).mean(axis=0), h[0]
print("classic:  training mean", classic_training.round(2), " test", classic_test)
print("inverted: training mean", inverted_training.round(2), " test", inverted_test)
np.testing.assert_allclose(formulas.dropout(h, keep, rate)[0], h * keep / (1 - rate))
np.testing.assert_array_equal(lw.Dropout(rate)(h), h)  # outside training it passes everything on
np.testing.assert_allclose(classic_training, classic_test, rtol=0.01)

# %%
noisy = lw.data.load("moons", n=300, noise=0.35, seed=1, validation=0.4)
curves = {}
for rate in (0.0, 0.5):
    layers = [lw.Linear(2, 64), lw.ReLU(), lw.Dropout(rate), lw.Linear(64, 64), lw.ReLU(), lw.Dropout(rate)]
    model = lw.Network(*layers, lw.Linear(64, 2), seed=0)
    found = lw.fit(model, noisy.train, loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(lr=0.005), epochs=200,
                   batch_size=32, validation=noisy.validation, progress=False)  # fmt: skip
    for part in ("train", "val"):  # means of five epochs
        curves[f"{part}, p = {rate:g}"] = np.reshape(found[f"{part}_loss"], (-1, 5)).mean(axis=1)
title = "Dropout keeps the validation loss from rising"
show(lines(np.arange(3, 201, 5), curves, log="y", title=title, labels=("epoch", "cross-entropy (nats, logarithmic)")))

# %% [markdown]
# *Without dropout, training falls and validation rises: the network learns its 120 points by heart. With it, both stay
# together.* (A training loss above validation is normal here: units are missing only in training.)
#
# ## 9. Information
#
# **Entropy**, H(p) = -Σ p log p, is the mean surprise; log 2 gives **bits**, the natural logarithm **nats**, in which
# losses are. **Cross-entropy** H(p, q) is the surprise of one who believes q while p holds. It is not a distance:
# H(p, p) is H(p), not 0. The difference, **KL divergence**, is 0 for q = p. So a loss has a floor: with 10 % of the
# labels flipped no classifier can expect less than H(0.1) = 0.325 nats.

# %%
p, q = np.array([0.9, 0.1]), np.array([0.6, 0.4])
H_p, H_pq = -(p * np.log(p)).sum(), -(p * np.log(q)).sum()
KL = (p * np.log(p / q)).sum()
np.testing.assert_allclose(formulas.entropy(p, math.e)[0], H_p)
np.testing.assert_allclose(formulas.cross_entropy_between(p, q, math.e)[0], H_pq)
np.testing.assert_allclose(formulas.kl_divergence(p, q, math.e)[0], KL)
np.testing.assert_allclose(H_pq - H_p, KL)
print(f"H(p) = {H_p:.3f} nats = {H_p / math.log(2):.3f} bits, H(p, q) = {H_pq:.3f}, KL = {KL:.3f} nats")

believed = np.linspace(0.01, 0.99, 197)
beliefs = np.stack([1 - believed, believed], axis=1)
curves = {
    "H(p, q), p = 10 %": formulas.cross_entropy_between(np.tile(p, (197, 1)), beliefs, math.e)[0],
    "H(q)": formulas.entropy(beliefs, math.e)[0],
}
ax = lines(believed, curves, title="The best belief is the truth, and even that costs H(p)",
           labels=("believed probability q", "nats"))  # fmt: skip
ax.plot([0.1], [H_p], marker="o", color=style.INK, markersize=6, zorder=5)
ax.annotate(f"{H_p:.3f}", (0.1, H_p), xytext=(6, -13), textcoords="offset points", color=style.INK)
ax.set_ylim(0, 2.6)
show(ax)

# %% [markdown]
# *The solid curve is lowest at q = 0.1, the true probability, and its lowest value is not 0.*
#
# **Mutual information**, I(X;Y) = H(X) - H(X|Y), is what one variable tells of the other.
# **Predict**: y = x1 XOR x2 of two fair bits. How many bits does x1 alone tell of y? And both together?

# %% jupyter={"outputs_hidden": true}
x1, x2 = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])


def information(a, b):
    """I(A;B) in bits, by counting pairs."""
    pairs = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(pairs, (a, b), 1 / len(a))
    apart = pairs.sum(axis=1, keepdims=True) * pairs.sum(axis=0)
    some = pairs > 0
    return (pairs[some] * np.log2(pairs[some] / apart[some])).sum()


for name, known in {"x1": x1, "x2": x2, "both": 2 * x1 + x2, "OR": x1 | x2}.items():
    bits = information(known, x1 ^ x2)
    joint = formulas.joint_distribution(known, x1 ^ x2)
    np.testing.assert_allclose(formulas.mutual_information(joint, base=2), bits, atol=1e-15)
    print(f"{name}: {bits:.3f} bits")

# %% [markdown]
# What does a hidden layer know while it learns? Its activity T is cut into bins and counted. Since T is computed from
# X, a layer can add no information; it can only make it easier to read, or lose it.

# %%
sample = lw.data.load("circles", n=1200, noise=0.1, seed=0)
x, y = sample.train
model = lw.Network(lw.Linear(2, 3), lw.Tanh(), lw.Linear(3, 2), seed=1)
told = {"I(X;T)": [], "I(T;Y)": []}
for epoch in range(41):
    if epoch:
        optimizer = lw.Adam(lr=0.02)
        lw.fit(
            model, sample.train, loss=lw.CrossEntropyLoss(), optimizer=optimizer, epochs=1, seed=epoch, progress=False
        )
    T = model[1](model[0](x))
    found = layer_information(x, T, y, width=0.25)
    told["I(X;T)"].append(found.input_bits)
    told["I(T;Y)"].append(found.target_bits)

cells = np.unique(np.floor(T / 0.25), axis=0, return_inverse=True)[1].ravel()
np.testing.assert_allclose(information(cells, y), found.target_bits, atol=1e-9)
print(found)
title = "Three tanh units: what they tell of input and class"
show(lines(np.arange(41), told, title=title, labels=("epochs of training", "information (bits)")))

# %% [markdown]
# *One bit is all there is to know of two equal classes. The height of the upper curve belongs to the bins as much as to
# the network: with fine bins it is log2 of the number of samples for every network (`bins` in the script).*

# %% [markdown]
# ## 10. Convolution
#
# In an image, neighbours belong together, and a stroke means the same wherever it is. A dense layer knows neither: it
# has a weight of its own for each pixel. A convolution lays one small **kernel** of weights on every place of the
# image. Few weights, used many times; the gradient of each is a sum over all places.
#
# The convolution of mathematics flips the kernel: (f * g)[m, n] = Σ f[i, j] g[m - i, n - j]. What layers of networks
# compute is the **cross-correlation**, Σ W[i, j] x[m + i, n + j]: the kernel as it lies. Since the kernel is learnt,
# it makes no difference which one is used; the layer learns the flipped kernel.


# %%
def correlate(x, W, stride=1, padding=0):
    """What a layer computes: at every place of the image, the sum of W times what it covers."""
    x = np.pad(x, padding)
    high, wide = W.shape
    z = np.empty(((x.shape[0] - high) // stride + 1, (x.shape[1] - wide) // stride + 1))
    for h, w in np.ndindex(*z.shape):
        z[h, w] = (W * x[h * stride : h * stride + high, w * stride : w * stride + wide]).sum()
    return z


def convolve(f, g):
    """(f * g)[m, n] = Σ f[i, j] g[m - i, n - j], where g is 0 beyond its edges."""
    z = np.zeros((f.shape[0] + g.shape[0] - 1, f.shape[1] + g.shape[1] - 1))
    for i, j in np.ndindex(*f.shape):
        z[i : i + g.shape[0], j : j + g.shape[1]] += f[i, j] * g
    return z


image = lw.data.load("digits", seed=0, flat=False).train.x[4, 0].astype(float)  # (8, 8)
f = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0], [-1.0, 0.0, 1.0]])  # lopsided, so that flipping it shows
np.testing.assert_allclose(convolve(f, image), correlate(image, f[::-1, ::-1], padding=2))
np.testing.assert_allclose(formulas.true_convolution2d(f, image)[0], convolve(f, image))

layer = lw.Network(lw.Conv2d(1, 1, kernel_size=3, padding=2, bias=False), dtype="float64")
layer[0].weight = f[::-1, ::-1][None, None]  # (K, C, I, J): one kernel over one channel
np.testing.assert_allclose(layer(image[None, None])[0, 0], convolve(f, image))
print(
    "flipped kernel: the same. As it lies, they differ by up to",
    np.abs(convolve(f, image) - correlate(image, f, padding=2)).max(),
)

# %% [markdown]
# On the way back the flip returns: dW is a cross-correlation again, of the image with dz, and dx is the true
# convolution of the kernel with dz.

# %%
z, backward = formulas.conv2d(image[None, None], f[None, None], np.zeros(1))
dz = generator(0, "notebook convolution").normal(size=z.shape)
dx, dW, db = backward(dz)
np.testing.assert_allclose(z[0, 0], correlate(image, f))
np.testing.assert_allclose(dW[0, 0], correlate(image, dz[0, 0]))  # each weight was used at every place
np.testing.assert_allclose(dx[0, 0], convolve(f, dz[0, 0]), atol=1e-12)
print("z", z[0, 0].shape, " dW", dW[0, 0].shape, " dx", dx[0, 0].shape)

# %%
kernels = {
    "image": None,
    "horizontal edges": np.array([[1.0, 2.0, 1.0], [0.0, 0.0, 0.0], [-1.0, -2.0, -1.0]]) / 4,
    "vertical edges": np.array([[1.0, 0.0, -1.0], [2.0, 0.0, -2.0], [1.0, 0.0, -1.0]]) / 4,
    "mean of nine": np.full((3, 3), 1 / 9),
}
bank = lw.Network(lw.Conv2d(1, 3, kernel_size=3, padding=1, bias=False), dtype="float64")
bank[0].weight = np.stack(list(kernels.values())[1:])[:, None]
maps = bank(image[None, None])[0]  # (3, 8, 8): one map for each kernel
panels = new_panels(4, 9.4, 2.75)
heatmap(image, title="image", colour=style.INK, ax=panels[0])
for ax, name, seen in zip(panels[1:], list(kernels)[1:], maps, strict=True):
    np.testing.assert_allclose(seen, correlate(image, kernels[name], padding=1), atol=1e-15)
    heatmap(seen, title=name, limit=1, ax=ax)
show(panels[0])

# %% [markdown]
# *Blue is below 0, orange above. The first kernel answers where ink begins (blue) or ends (orange) from top to bottom,
# the second from left to right, the third blurs. Each map is one kernel, asked at 64 places.*
#
# ### How large is what comes out?
# A kernel of size k fits ⌊(n + 2p - k) / s⌋ + 1 times into n numbers with p zeros on either side and steps of s, the
# **stride**. The floor matters: where the steps do not come out even, the last numbers are never read.
# **Predict**: an 8 x 8 image, kernel 3, stride 2, no padding. Paint the last row and the last column in any
# colours: which outputs change?

# %% jupyter={"outputs_hidden": true}
for n, k, s, p in ((8, 3, 1, 0), (8, 3, 1, 1), (7, 3, 2, 0), (8, 3, 2, 0), (8, 3, 2, 1)):
    places = (n + 2 * p - k) / s + 1
    assert math.floor(places) == formulas.output_size(n, k, s, p) == len(correlate(np.zeros((n, n)), f, s, p))
    print(f"size {n}, kernel {k}, stride {s}, padding {p}: {places:.3g}, so {math.floor(places)}")

painted = image.copy()
painted[-1], painted[:, -1] = 9, -9
print("outputs that change:", np.count_nonzero(correlate(painted, f, stride=2) != correlate(image, f, stride=2)))

# %% jupyter={"outputs_hidden": true}
panels = new_panels(2, 7.6, 4.2)
for ax, padding in zip(panels, (0, 1), strict=True):
    reads = np.zeros((8 + 2 * padding, 8 + 2 * padding))  # by hand: count the windows over each pixel
    for h, w in np.ndindex(*correlate(image, f, stride=2, padding=padding).shape):
        reads[2 * h : 2 * h + 3, 2 * w : 2 * w + 3] += 1
    reads = reads[padding : 8 + padding, padding : 8 + padding]

    z, backward = formulas.conv2d(image[None, None], np.ones((1, 1, 3, 3)), np.zeros(1), (2, 2), (padding, padding))
    dx, dW, db = backward(np.ones_like(z))  # with all weights 1, the gradient of the sum of all outputs counts them too
    np.testing.assert_allclose(dx[0, 0], reads)
    unread = np.sum(reads == 0)
    title = f"padding {padding}: {f'{unread} pixels are never read' if unread else 'every pixel is read'}"
    heatmap(reads, title=title, numbers=".0f", limit=4, ax=ax)
show(panels[0])

# %% [markdown]
# *How many windows of size 3 and stride 2 read each pixel: the gradient of the sum of all outputs, with weights of 1.
# Padding of 1 reads all of them, though its zeros are used at the top and at the left only.*
#
# ### Pooling
# A pooling layer has no weights: of each window it passes on the largest number, or the mean. On the way back the
# largest gets the whole gradient, and the others nothing; with the mean, each gets its share.

# %%
x = np.array([[1.0, 3.0, 0.0, 2.0], [4.0, 2.0, 1.0, 0.0], [0.0, 1.0, 5.0, 6.0], [2.0, 2.0, 8.0, 7.0]])
tiles = x.reshape(2, 2, 2, 2).swapaxes(1, 2)  # (row of tiles, column of tiles, row, column)
largest, mean = tiles.max(axis=(2, 3)), tiles.mean(axis=(2, 3))
dy = np.array([[1.0, 2.0], [3.0, 4.0]])
dx = np.where(x == np.kron(largest, np.ones((2, 2))), np.kron(dy, np.ones((2, 2))), 0)
dx[3, 0], dx[3, 1] = 3, 0  # two numbers are largest there: the first one wins

pool = lw.Network(lw.MaxPool2d(2), dtype="float64")
y, backward = pool.forward(x[None, None])
np.testing.assert_allclose(y[0, 0], largest)
np.testing.assert_allclose(backward(dy[None, None])[0, 0], dx)
average, average_backward = formulas.avg_pool2d(x[None, None], (2, 2), (2, 2))
np.testing.assert_allclose(average[0, 0], mean)
np.testing.assert_allclose(average_backward(dy[None, None])[0, 0], np.kron(dy, np.ones((2, 2))) / 4)

panels = new_panels(4, 9.4, 2.7)
for ax, values, title in zip(panels, (x, largest, mean, dx), ("x", "max", "mean", "dx of max"), strict=True):
    heatmap(values, title=title, numbers=".3g", limit=8, ax=ax)
show(panels[0])

# %% [markdown]
# *Right: the gradients 1, 2, 3 and 4 arrive at the four outputs of max, and go to its winners. Of two equal numbers
# the first wins.*
#
# ### A small convolutional network
# Two networks with nearly the same number of parameters learn the 8 x 8 digits. Then the test images are moved to the
# side by one or two pixels, which neither has seen in training. **Predict** how many each of them still knows.

# %% jupyter={"outputs_hidden": true}
pictures = lw.data.load("digits", seed=0, flat=False)  # (N, 1, 8, 8)
builds = {
    "dense": [lw.Flatten(), lw.Linear(64, 25), lw.ReLU(), lw.Linear(25, 10)],
    "convolutional": [
        lw.Conv2d(1, 8, 3, padding=1), lw.ReLU(), lw.MaxPool2d(2),  # (N, 8, 4, 4)
        lw.Conv2d(8, 16, 3, padding=1), lw.ReLU(), lw.MaxPool2d(2),  # (N, 16, 2, 2)
        lw.Flatten(), lw.Linear(64, 10),
    ],
}  # fmt: skip
x_test, y_test = pictures.test
wide = np.pad(x_test, ((0, 0), (0, 0), (0, 0), (2, 2)))
accuracy, models = {}, {}
for name, layers in builds.items():
    model = models[name] = lw.Network(*layers, seed=0)
    lw.fit(model, pictures.train, loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(lr=0.005), epochs=15, batch_size=32,
           progress=False)  # fmt: skip
    accuracy[name] = [
        100 * (model(wide[..., 2 - move : 10 - move]).argmax(axis=1) == y_test).mean() for move in range(-2, 3)
    ]
    print(f"{name}: {model.theta.size} parameters; right in place {accuracy[name][2]:.1f} %, moved by one pixel "
          f"{accuracy[name][1]:.1f} % (left) and {accuracy[name][3]:.1f} % (right)")  # fmt: skip

# %% jupyter={"outputs_hidden": true}
title = "Moved digits: the network that shares its weights forgives more"
ax = lines(np.arange(-2, 3), accuracy, title=title, labels=("test images moved by (pixels)", "right (%)"))
ax.set_xticks(range(-2, 3))
ax.set_ylim(0, 104)
show(ax)

# %% [markdown]
# *In place, both are good. A dense layer has learnt each stroke at its place; a kernel finds it next door too, and the
# maximum over a window hides small moves. Neither is indifferent: the last layer still knows places.*
#
# What the first layer has learnt to look for, on one digit; compare with the kernels by hand above:

# %%
cnn = models["convolutional"]
maps = cnn[1](cnn[0](image[None, None].astype(np.float32)))[0]  # (8, 8, 8): a map for each of 8 kernels
kernel, bias = cnn[0].weight[0, 0].astype(float), float(cnn[0].bias[0])
np.testing.assert_allclose(maps[0], np.maximum(correlate(image, kernel, padding=1) + bias, 0), atol=1e-6)

panels = new_panels(9, 9.4, 1.35)
for ax, values, title in zip(panels, [image, *maps], ["image", *"12345678"], strict=True):
    heatmap(values, title=title, limit=float(maps.max()) if title != "image" else 1.0,
            colour=style.INK if title == "image" else style.POSITIVE, ax=ax)  # fmt: skip
    ax.set(xticks=[], yticks=[])
show(panels[0])

# %% [markdown]
# *Eight learnt kernels, behind the ReLU: some answer to edges of one direction, others to ink as such; a few hardly
# answer to this digit.*
#
# ### The receptive field
# How much of the image does one number deep in the network depend on? With each layer the field r grows by
# (k - 1) · j, where j is how far apart neighbours lie in the image; a stride s multiplies j by s. The gradient shows
# the same: it is 0 outside.

# %%
ones = {"name": "constant", "value": 1.0}  # weights of one sign, so that nothing cancels
panels = new_panels(3, 9.4, 3.5)
r, j = 1, 1
for depth, (ax, (name, k, s)) in enumerate(
    zip(panels, [("convolution", 3, 1), ("pooling", 2, 2), ("convolution", 3, 1)], strict=True), start=1
):
    r, j = r + (k - 1) * j, j * s
    layers = [lw.Conv2d(1, 1, 3, padding=1, init=ones), lw.AvgPool2d(2), lw.Conv2d(1, 1, 3, padding=1, init=ones)]
    y, backward = lw.Network(*layers[:depth], dtype="float64").forward(np.zeros((1, 1, 16, 16)))
    one = np.zeros_like(y)
    one[0, 0, y.shape[2] // 2, y.shape[3] // 2] = 1  # one number in the middle
    reached = backward(one)[0, 0]
    assert np.count_nonzero(reached.any(axis=0)) == np.count_nonzero(reached.any(axis=1)) == r
    heatmap(reached, title=f"{'then ' * (depth > 1)}{name}: r = {r}", ax=ax)
show(panels[0])

# %% [markdown]
# *The gradient of one output by the pixels, for one, two and three layers. The field grows with every layer, and its
# middle counts most: more ways lead there.*

# %% [markdown]
# ## 11. Recurrence
#
# A sequence is read step by step, with the same weights at every step; what has been read so far is kept in a hidden
# state h:
#
#     h_t = tanh(W_hh h_{t-1} + W_xh x_t + b_h)          y_t = W_hy h_t + b_y
#
# In Layerwise, as in PyTorch, W_xh is called `weight_ih`, and b_h is the sum of two biases, `bias_ih` and `bias_hh`.
# Sequences are (N, T, D): samples, time steps, features.

# %%
T, H = 6, 5
net = lw.Network(lw.RNN(3, H), lw.Linear(H, 2), seed=0, dtype="float64")
W_xh, W_hh, b_ih, b_hh, W_hy, b_y = net.parameters().values()
x = generator(0, "notebook sequence").normal(size=(4, T, 3))

h = {-1: np.zeros((4, H))}  # nothing has been read
for t in range(T):
    h[t] = np.tanh(h[t - 1] @ W_hh.T + x[:, t] @ W_xh.T + b_ih + b_hh)
y = np.stack([h[t] @ W_hy.T + b_y for t in range(T)], axis=1)  # (N, T, 2)

output, backward = net.forward(x, training=True, input_gradient=True)
np.testing.assert_allclose(output, y, rtol=1e-12)
print("y", y.shape, " parameters", net.theta.size, "whatever the length of the sequence")

# %% [markdown]
# ### Back-propagation through time
# Unrolled, this is a network of T layers that share their weights. So the way back is known: through the output,
# through tanh, and to the step before; and each step adds to the gradient of the same W_hh. Two easy mistakes: what
# multiplies dz_t in dW_hh is **h_{t-1}**, the state that was read, not h_t; and h_t gets **two** gradients, from its
# output and from the next step.

# %%
dy = generator(0, "notebook upstream").normal(size=y.shape)
dW_hh, dW_xh, db_h, dx = np.zeros_like(W_hh), np.zeros_like(W_xh), np.zeros(H), np.zeros_like(x)
dh_next = np.zeros((4, H))  # behind the last step there is nothing
for t in reversed(range(T)):
    dh = dy[:, t] @ W_hy + dh_next
    dz = dh * (1 - h[t] ** 2)
    dW_hh += dz.T @ h[t - 1]
    dW_xh += dz.T @ x[:, t]
    db_h += dz.sum(axis=0)
    dx[:, t] = dz @ W_xh
    dh_next = dz @ W_hh

net.zero_grad()
np.testing.assert_allclose(backward(dy), dx, atol=1e-12)
slots = net.gradients()
for name, mine in {"weight_hh": dW_hh, "weight_ih": dW_xh, "bias_ih": db_h, "bias_hh": db_h}.items():
    np.testing.assert_allclose(slots[f"0.{name}_l0"], mine, atol=1e-12)
print("all gradients agree; both biases get the same one")

# %% [markdown]
# ### The LSTM
# From step to step an RNN multiplies its gradient by W_hhᵀ and by tanh'. After many steps little is left, or far too
# much. The LSTM has a second state, the **cell** C, that is changed by a sum. Gates, numbers between 0 and 1, decide
# what is forgotten, let in and shown; [h, x] puts two vectors one behind the other:
#
#     f = σ(W_f [h_{t-1}, x_t] + b_f)        i = σ(W_i [h_{t-1}, x_t] + b_i)        o = σ(W_o [h_{t-1}, x_t] + b_o)
#     C̃ = tanh(W_C [h_{t-1}, x_t] + b_C)     C_t = f ⊙ C_{t-1} + i ⊙ C̃             h_t = o ⊙ tanh(C_t)
#
# The layer keeps the four matrices in one, cut into the columns for x and for h, with the rows of i, f, C̃, o in this
# order.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


memory = lw.Network(lw.LSTM(3, H), seed=0, dtype="float64")
W_ih, W_hh, b_ih, b_hh = memory.parameters().values()
W_i, W_f, W_C, W_o = np.split(np.hstack([W_hh, W_ih]), 4)  # (H, H + D) each: for [h, x]
b_i, b_f, b_C, b_o = np.split(b_ih + b_hh, 4)

h_t, C_t = np.zeros((4, H)), np.zeros((4, H))
hidden, forget = [], []
for t in range(T):
    both = np.hstack([h_t, x[:, t]])
    f = sigmoid(both @ W_f.T + b_f)
    i = sigmoid(both @ W_i.T + b_i)
    candidate = np.tanh(both @ W_C.T + b_C)
    C_t = f * C_t + i * candidate
    o = sigmoid(both @ W_o.T + b_o)
    h_t = o * np.tanh(C_t)
    hidden.append(h_t)
    forget.append(f)

recorder = Recorder()
output, _ = memory.forward(x, tap=recorder)
np.testing.assert_allclose(output, np.stack(hidden, axis=1), rtol=1e-12)
np.testing.assert_allclose(recorder.values["0"]["forget_l0"], np.stack(forget, axis=1), rtol=1e-12)
print("h and the forget gates agree at all", T, "steps; a recorder sees", *recorder.values["0"])

# %% [markdown]
# Along the cell, ∂C_t/∂C_{t-1} = f_t: over 20 steps the product of 20 forget gates. **Predict** how much is left with
# W_f = 0 and a bias b_f of 0, 1, 2 or 4. And which bias leaves one half?

# %% jupyter={"outputs_hidden": true}
for bias in (0, 1, 2, 4):
    print(f"b_f = {bias}: f = {sigmoid(bias):.3f}, after 20 steps {sigmoid(bias) ** 20:.2g}")
half = 0.5 ** (1 / 20)
print(f"one half needs f = {half:.3f}, so b_f = log(f / (1 - f)) = {math.log(half / (1 - half)):.2f}")

# %%
long = generator(0, "notebook long").normal(size=(16, 50, 4))
wanted = generator(0, "notebook wanted").normal(size=(16, 32))  # the gradient at the last state


def reach(net):
    """How strongly the last state depends on each x_t: the size of that gradient, relative to the last step."""
    _, backward = net.forward(long, input_gradient=True)
    sizes = np.linalg.norm(backward(wanted), axis=2).mean(axis=0)
    return sizes / sizes[-1]


def rnn(std):
    net = lw.Network(lw.RNN(4, 32, output="last"), seed=0, dtype="float64")
    net[0].weight_hh_l0 = generator(0, "notebook recurrent").normal(0, std, size=(32, 32))
    return net


def lstm(forget_bias):
    net = lw.Network(lw.LSTM(4, 32, output="last"), seed=0, dtype="float64")
    net[0].bias_ih_l0 = np.repeat([0.0, forget_bias, 0.0, 0.0], 32)
    net[0].bias_hh_l0 = np.zeros(4 * 32)
    return net


curves = {
    "RNN, σ = 0.5/√H": reach(rnn(0.5 / np.sqrt(32))), "RNN, σ = 1/√H": reach(rnn(1 / np.sqrt(32))),
    "RNN, σ = 3/√H": reach(rnn(3 / np.sqrt(32))), "LSTM, b_f = 0": reach(lstm(0)), "LSTM, b_f = 4": reach(lstm(4)),
}  # fmt: skip
for name, sizes in curves.items():
    print(f"{name}: 49 steps back {sizes[0]:.1e}")
labels = ("steps back from the end", "gradient, relative (logarithmic)")
title = "The gradient at each time step: it fades, explodes, or comes through"
(ax,) = new_panels(1, 6.4, 4.2)
show(lines(np.arange(49, -1, -1), curves, log="y", title=title, labels=labels, ax=ax))

# %% [markdown]
# *Untrained networks of 32 units. A plain RNN balances on a single number, the size of W_hh; an LSTM has the forget
# gate to hold on with. That is why its bias is often set to 1 or more before training.*
#
# ### What a trained LSTM does with its gates
# A task that needs a memory: 20 steps of random bits, of which one among the first six is marked. Which bit was it?
# Who knows nothing has a loss of ln 2 = 0.693.


# %%
def marked_bits(n, purpose):
    draw = generator(0, purpose)
    bits, place = draw.integers(2, size=(n, 20)), draw.integers(6, size=n)
    mark = np.arange(20) == place[:, None]
    return np.stack([2.0 * bits - 1, mark], axis=2), bits[np.arange(n), place]


models = {}
for name, layer in {"RNN": lw.RNN(2, 1, output="last"), "LSTM": lw.LSTM(2, 1, output="last")}.items():
    model = models[name] = lw.Network(layer, lw.Linear(1, 2), seed=1)
    if name == "LSTM":
        layer.bias_ih_l0 = layer.bias_ih_l0 + np.array([0, 1, 0, 0])  # begin by keeping
    found = lw.fit(model, marked_bits(1024, "notebook bits"), loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(lr=0.03),
                   epochs=20, batch_size=64, clip_norm=1.0, progress=False)  # fmt: skip
    x_new, y_new = marked_bits(500, "notebook new bits")
    right = (model(x_new).argmax(axis=1) == y_new).mean()
    print(f"{name} with one unit: loss {found['train_loss'][-1]:.3f}, {right:.1%} of new sequences right")

pair = np.repeat(x_new[:1], 2, axis=0)  # the same sequence twice, but for the bit at step 4, which is marked
pair[:, :, 1], pair[:, 4] = 0, [[-1, 1], [1, 1]]
recorder = Recorder()
models["LSTM"].forward(pair, tap=recorder)
seen = {name: recorder.values["0"][f"{name}_l0"][:, :, 0] for name in ("input", "forget", "output", "cell")}  # (2, 20)

steps = np.arange(20)
left, right = new_panels(2, 9.4, 3.9)
gates = {name: seen[name][1] for name in ("input", "forget", "output")}
lines(steps, gates, title="The input gate opens for the mark", labels=("step", "gate"), ax=left)
cells = {f"marked bit {bit}": seen["cell"][bit] for bit in (0, 1)}
lines(steps, cells, title="The cell keeps the bit", labels=("step", "cell state C"), ax=right)
left.set_ylim(-0.05, 1.05)
for ax in (left, right):
    ax.axvline(4, color=style.INK_SOFT, linewidth=1)
    ax.set_xticks([0, 4, 8, 12, 16])
show(left)

# %% [markdown]
# *The grey line is the marked step. There the input gate opens, and the forget gate drops what was before; at all other
# steps the unit hardly listens and forgets next to nothing. Right: two sequences that differ in the marked bit alone;
# afterwards their cells drift further apart, which does no harm.*
#
# One unit is few, and from other seeds it may find nothing. With four units and a forget bias of 3, an LSTM finds the
# bit from three seeds of three, and an RNN from none (`memory` in the script).

# %% [markdown]
# ## 12. Numerical stability
#
# Numbers of 32 bits end at 3·10³⁸, so e^89 overflows, and e^-104 is 0, whose logarithm is infinite. Log-softmax never
# computes either: it subtracts the maximum first and stays in logarithms.

# %%
gap = np.linspace(0, 150, 301).astype(np.float32)
two = np.stack([gap, np.zeros_like(gap)], axis=1)
with np.errstate(all="ignore"):
    e = np.exp(two)
    naive = -np.log(e / e.sum(axis=1, keepdims=True))[:, 1]
shifted = two - two.max(axis=1, keepdims=True)
stable = -(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))[:, 1]
np.testing.assert_allclose(-formulas.log_softmax(two)[0][:, 1], stable, rtol=1e-6)
print(f"naive is finite up to a gap of {gap[np.isfinite(naive)].max():.1f}, stable up to the end of the range")
curves = {"log-softmax": stable, "log of softmax": naive}
title = "The naive loss breaks off where the exponential overflows"
show(lines(gap, curves, title=title, labels=("logit of the wrong class (true class: 0)", "loss (nats, float32)")))

# %% [markdown]
# *The dashed curve ends at 88.5, where e^z leaves the range of 32-bit numbers.*
#
# **Clipping** shortens a gradient that is too long and keeps its direction: g ← g · limit / ‖g‖ if ‖g‖ > limit.

# %%
g = np.array([3.0, 4.0])
by_hand = g * min(1, 1.0 / np.linalg.norm(g))
clip_by_norm(g, 1.0)  # in place
np.testing.assert_allclose(g, by_hand, rtol=1e-5)
print("clipped to length", np.linalg.norm(g).round(4))

# %% [markdown]
# ### Batch normalization
# Each unit's values are shifted and scaled to mean 0 and variance 1 over the batch, then by learnt γ and β. Training
# and evaluation differ: training uses the batch, so a sample's answer depends on its company; evaluation uses running
# statistics, which know only 27 % of the truth after 3 batches. The batch is normalised with the biased variance (÷ N),
# the unbiased one (÷ N - 1) is remembered.

# %%
draw = generator(0, "notebook batch")
batch, gamma, beta, eps = 4 + 3 * draw.normal(size=(64, 2)), np.array([1.5, 0.5]), np.array([0.0, 1.0]), 1e-5
mean, var = batch.mean(axis=0), batch.var(axis=0)
x_hat = (batch - mean) / np.sqrt(var + eps)
value, backward = formulas.batch_norm(batch, gamma, beta, eps)
np.testing.assert_allclose(value.y, gamma * x_hat + beta)

dy = draw.normal(size=(64, 2))  # backward: mean and variance depend on every sample, so dx has three terms
dx_hat = dy * gamma
dx = (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)) / np.sqrt(var + eps)
for mine, theirs in zip((dx, (dy * x_hat).sum(axis=0), dy.sum(axis=0)), backward(dy), strict=True):
    np.testing.assert_allclose(theirs, mine, atol=1e-12)

norm = lw.Network(lw.BatchNorm1d(2), dtype="float64")
seen = []
for _ in range(50):
    batch = 4 + 3 * draw.normal(size=(64, 2))
    _, back = norm.forward(batch, training=True)
    back(np.zeros_like(batch))  # the running statistics move with each batch that is learnt from
    seen.append([each.copy() for each in (norm.buffers()["0.running_mean"], norm.buffers()["0.running_var"])])
known = np.array(seen)[:, :, 0]
by_hand = 4 * (1 - 0.9 ** np.arange(1, 51))
curves = {"running mean": known[:, 0], "4 (1 - 0.9ⁿ)": by_hand, "running variance": known[:, 1]}
title = "Running statistics need some 40 batches to know mean 4 and variance 9"
show(lines(np.arange(1, 51), curves, title=title, labels=("batches seen, n", "running statistic")))

# %% [markdown]
# *Evaluate after a few batches and the layer still normalises with its first guess, mean 0 and variance 1.*
#
# ## 13. Initialization
#
# Each layer multiplies the size of its signal by about σ·√fan_in (ReLU: by 1/√2 of that). After fifty layers only
# one σ leaves anything: Var(W) = 2/(fan_in + fan_out), **Xavier**, for tanh; 2/fan_in, **He**, for ReLU. These are
# variances: the uniform forms have bounds √(6/(fan_in + fan_out)) and √(6/fan_in). N(0, 0.01²) is a baseline that
# fails.

# %%
WIDTH, DEPTH = 128, 30


def spreads(std, bend):
    """Standard deviation of the signal behind each layer, in bare NumPy."""
    draw = generator(0, "notebook signal")
    signal, found = draw.normal(size=(64, WIDTH)), []
    for _ in range(DEPTH):
        signal = bend(signal @ draw.normal(0, std, size=(WIDTH, WIDTH)).T)
        found.append(signal.std())
    return np.array(found)


stds = {"σ = 0.01": 0.01, "Xavier": np.sqrt(2 / (WIDTH + WIDTH)), "He": np.sqrt(2 / WIDTH)}
left, right = new_panels(2, 9.4, 3.7)
for ax, name, bend in ((left, "tanh", np.tanh), (right, "ReLU", lambda z: np.maximum(z, 0))):
    curves = {rule: spreads(std, bend) for rule, std in stds.items()}
    lines(np.arange(1, DEPTH + 1), curves, log="y", title=name, labels=("layer", "std of the signal"), ax=ax)
    ax.set_ylim(1e-6, 10)

for init, std in (("xavier_normal", stds["Xavier"]), ("he_normal", stds["He"])):
    layers = [each for _ in range(DEPTH) for each in (lw.Linear(WIDTH, WIDTH, init=init), lw.ReLU())]
    deep = lw.Network(*layers, seed=0, dtype="float64")
    signal = generator(0, "notebook signal").normal(size=(64, WIDTH))
    expected = signal
    for layer in deep.layers[::2]:
        expected = np.maximum(expected @ layer.weight.T + layer.bias, 0)
    np.testing.assert_allclose(deep(signal), expected, rtol=1e-9)
    print(f"{init}: weights have std {deep[0].weight.std():.4f}, the rule says {std:.4f}; "
          f"signal behind layer {DEPTH}: {deep(signal).std():.2g}")  # fmt: skip
show(left)

# %% [markdown]
# *Right: only He keeps the signal of ReLU, which silences half of it; Xavier halves its variance in every layer.
# Left: tanh forgives more. With Xavier the signal sinks slowly, with He it is held up by units that are driven into
# their flat ends. With σ = 0.01 a layer leaves less than an eighth, whichever the bend.*
#
# And all zeros? Then all units of a layer compute the same, get the same gradient, and stay the same for ever. It is
# not the loss that gives it away but the rows of W:

# %%
same = {"name": "constant", "value": 0.3}
equal = lw.Network(lw.Linear(2, 4, init=same), lw.Tanh(), lw.Linear(4, 1, init=same))
lw.fit(equal, (data.train.x, data.train.y[:, None]), loss=loss, optimizer=lw.Adam(lr=0.05), epochs=20)
print(equal[0].weight)
assert (equal[0].weight == equal[0].weight[0]).all()

# %% [markdown]
# ## 14. The learning rate over time
#
# A schedule is a function of time. Long steps first, to get somewhere; short ones at the end, to settle.

# %%
T = 30
t = np.arange(T)
by_hand = {
    "step": 0.1 * 0.5 ** (t // 10),
    "exponential": 0.1 * 0.9**t,
    "cosine": 0.001 + (0.1 - 0.001) * (1 + np.cos(np.pi * t / T)) / 2,
    "warm-up": 0.1 * np.minimum(1, 0.2 + 0.8 * t / 8),
}
chosen = {
    "step": lw.StepLR(step_size=10, gamma=0.5),
    "exponential": lw.ExponentialLR(gamma=0.9),
    "cosine": lw.CosineAnnealingLR(T_max=T, eta_min=0.001),
    "warm-up": lw.LinearLR(start_factor=0.2, total_iters=8),
    "one cycle": lw.OneCycleLR(max_lr=0.1, total_steps=T),
}
rates = {name: [schedule(0.1, int(each)) for each in t] for name, schedule in chosen.items()}
for name, expected in by_hand.items():
    np.testing.assert_allclose(rates[name], expected, err_msg=name)
show(lines(t, rates, title="Five schedules from a rate of 0.1", labels=("epoch (one cycle: step)", "learning rate")))

# %% [markdown]
# *The cosine stays high, falls fast in the middle, and ends gently; one cycle warms up first.*
#
# ### A test that finds the rate
# Let the rate grow from tiny to huge within one short run and watch the loss: it stands still, falls, rises.
# (`fit` is not needed: the gradients by hand of section 3 do it.)

# %%
x, y = data.train.x.astype(float), data.train.y[:, None].astype(float)
net = lw.Network(lw.Linear(2, 16), lw.Tanh(), lw.Linear(16, 1), seed=3, dtype="float64")
found = lw.find_lr(net, (x, y), loss=loss, optimizer=lw.GradientDescent(), batch_size=N, highest=100.0)

theta = [each.copy() for each in net.parameters().values()]
smooth, curve = 0.0, []
for count, rate in enumerate(np.geomspace(1e-6, 100.0, 150), start=1):
    _, *gradients = forward_and_back(*theta)
    theta = [each - rate * gradient for each, gradient in zip(theta, gradients, strict=True)]
    smooth = 0.8 * smooth + 0.2 * forward_and_back(*theta)[0]
    curve.append(smooth / (1 - 0.8**count))  # a running mean that begins at 0, corrected as Adam's is
    if count == len(found.rates):
        break
np.testing.assert_allclose(found.losses, curve, rtol=1e-6)
print(found.reason)
title = f"Advice: {found.lr:.2g}, between {found.low:.2g} and {found.high:.2g}"
labels = ("learning rate (logarithmic)", "training loss, smoothed (nats)")
ax = lines(found.rates, {"loss": found.losses}, log="x", title=title, labels=labels)
ax.axvspan(found.low, found.high, color=style.ACCENT_TINT, zorder=0)
ax.axvline(found.lr, color=style.ACCENT, linewidth=1.4, linestyle=(0, (2, 2)))
show(ax)

# %% [markdown]
# *In the tinted interval the loss falls. The advice stays well below its upper end: close to the bottom of the curve
# the steps are already too long.*

# %% [markdown]
# ## 15. Residual connections
#
# y = x + f(x): the layers learn only what is to be changed. On the way back, dx = dy + f'(x)ᵀ dy: one part comes
# through untouched, however deep the network is.

# %%
x = generator(0, "notebook residual").normal(size=(8, 16))
block = lw.Network(lw.Residual(lw.Linear(16, 16), lw.Tanh()), seed=0, dtype="float64")
W, b = block.parameters().values()
f = np.tanh(x @ W.T + b)
dy = generator(0, "notebook residual upstream").normal(size=(8, 16))

y, backward = block.forward(x, input_gradient=True)
np.testing.assert_allclose(y, x + f)
np.testing.assert_allclose(backward(dy), dy + (dy * (1 - f**2)) @ W)
print("forward and backward agree; parameters are named", *block.parameters())

# %%
DEPTH = 40


def deep(residual):
    """Forty blocks of tanh between a first and a last map, for the digits."""
    blocks = []
    for _ in range(DEPTH):
        row = [lw.Linear(32, 32), lw.Tanh()]
        blocks += [lw.Residual(*row)] if residual else row
    return lw.Network(lw.Linear(64, 32), *blocks, lw.Linear(32, 10), seed=0)


loss = lw.CrossEntropyLoss()
sizes, fitted_losses = {}, {}
for name, residual in {"plain": False, "residual": True}.items():
    model, recorder = deep(residual), Recorder()
    logits, backward = model.forward(digits.train.x[:256], training=True, tap=recorder)
    backward(loss(logits, digits.train.y[:256])[1]())
    ends = range(0, DEPTH + 1) if residual else range(0, 2 * DEPTH + 1, 2)  # what each block hands on
    sizes[name] = np.array([np.linalg.norm(recorder.gradients[str(place)]) for place in ends])
    found = lw.fit(model, digits.train, loss=loss, optimizer=lw.Adam(lr=0.001), epochs=8, batch_size=64, progress=False)
    fitted_losses[name] = found["train_loss"]
    ratio = sizes[name][0] / sizes[name][-1]
    print(f"{name}: first gradient over last {ratio:.2g}, loss after 8 epochs {found['train_loss'][-1]:.3f}")

left, right = new_panels(2, 9.4, 3.9)
lines(np.arange(DEPTH + 1), sizes, log="y", title="Gradient through 40 blocks",
      labels=("behind block", "size of the gradient (logarithmic)"), ax=left)  # fmt: skip
lines(np.arange(1, 9), fitted_losses, title="Training on digits",
      labels=("epoch", "cross-entropy (nats)"), ax=right)  # fmt: skip
right.set_ylim(0, 2.5)
show(left)

# %% [markdown]
# *Left: without the sum, a block of tanh leaves about half of the gradient, and forty leave nothing. Right: what that
# means for training; ln 10 = 2.303 is the loss of a network that knows nothing.*
#
# The sum has a danger of its own: it may grow. Ten sigmoids in a row leave 0.25¹⁰ of the gradient at most; with a sum
# around each, they can make 1.25¹⁰ = 9.3 of it (`residual` in the script). So deep residual networks normalise as well.

# %% [markdown]
# ## 16. Attention, and a block of a GPT
#
# A recurrent network squeezes the past into one state. With attention, every step looks at all others directly. Each
# has a **query** q (what it looks for), a **key** k (what it offers) and a **value** v (what it hands over), all affine
# maps of x. Softmax turns the products of one query with all keys into weights, and the output is the weighted mean of
# the values:
#
#     A = softmax(q kᵀ / √d)          y = A v
#
# The products of d random terms have a standard deviation of √d; undivided, they would drive softmax to where it has no
# slope. Several **heads** do this side by side, each on its own part of the features.


# %%
def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def attend(x, W_in, b_in, W_out, b_out, heads, causal):
    """Self-attention with several heads, one head after the other; returns the output and the weights of each head."""
    T, D = x.shape
    d = D // heads
    q, k, v = np.split(x @ W_in.T + b_in, 3, axis=1)  # (T, D) each
    outputs, weights = [], []
    for head in range(heads):
        part = slice(head * d, (head + 1) * d)
        scores = q[:, part] @ k[:, part].T / np.sqrt(d)  # (T, T): row t asks, column s answers
        if causal:
            scores = np.where(np.tri(T, dtype=bool), scores, -np.inf)  # step t sees the steps up to t
        weights.append(softmax(scores))
        outputs.append(weights[-1] @ v[:, part])
    return np.hstack(outputs) @ W_out.T + b_out, np.array(weights)


x = generator(0, "notebook attention").normal(size=(1, 6, 8))
panels = new_panels(2, 7.6, 4.2)
for ax, causal in zip(panels, (False, True), strict=True):
    net = lw.Network(lw.MultiheadAttention(8, 2, causal=causal), seed=0, dtype="float64")
    net[0].in_proj_weight = 1.6 * net[0].in_proj_weight  # larger than at first, so that the weights differ
    recorder = Recorder()
    y, _ = net.forward(x, tap=recorder)
    by_hand, A = attend(x[0], *net.parameters().values(), heads=2, causal=causal)
    np.testing.assert_allclose(y[0], by_hand, atol=1e-12)
    np.testing.assert_allclose(recorder.values["0"]["weights"][0], A, atol=1e-12)
    np.testing.assert_allclose(A.sum(axis=-1), 1)
    title = "causal: no step sees what comes later" if causal else "every step sees every step"
    heatmap(A[0], title=title, labels=("step that is looked at", "step that looks"), numbers=".2f", limit=1, ax=ax)
show(panels[0])

# %% [markdown]
# *The weights of the first head; each row sums to 1. With the causal mask the first step can look at itself only.*
#
# **Predict**: the steps of x are shuffled. What happens to the output of attention without a mask?

# %% jupyter={"outputs_hidden": true}
shuffle = generator(0, "notebook order").permutation(6)
plain = lw.Network(lw.MultiheadAttention(8, 2), seed=0, dtype="float64")
print(
    "shuffled along with x, the outputs differ by", np.abs(plain(x[:, shuffle]) - plain(x)[:, shuffle]).max().round(12)
)

P = np.empty((6, 8))  # a vector for each position: sines and cosines of eight speeds
angles = np.arange(6)[:, None] / 10_000 ** (np.arange(0, 8, 2) / 8)
P[:, 0::2], P[:, 1::2] = np.sin(angles), np.cos(angles)
placed = lw.Network(lw.SinusoidalPositions(8), lw.MultiheadAttention(8, 2), seed=0, dtype="float64")
np.testing.assert_allclose(placed[0](x), x + P, atol=1e-6)
print("with positions they differ by", np.abs(placed(x[:, shuffle]) - placed(x)[:, shuffle]).max().round(2))

# %% [markdown]
# Attention sees a set, not a sequence. That is why **positions** are added to x: fixed ones, as here, or learnt ones.
#
# ### A block of a GPT
# Two residual connections: first each step gathers from the steps before it, then it works on what it has. Layer
# normalisation stands in front of each part; it is a normalisation of each step by itself, whatever the batch.

# %%
D, heads = 16, 2
block = lw.Network(
    lw.Residual(lw.LayerNorm(D), lw.MultiheadAttention(D, heads, causal=True)),
    lw.Residual(lw.LayerNorm(D), lw.Linear(D, 4 * D), lw.GELU(), lw.Linear(4 * D, D)),
    seed=0, dtype="float64",
)  # fmt: skip
theta = list(block.parameters().values())


def norm(x, gamma, beta):
    return gamma * (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5) + beta


def gelu(z):
    return z * np.vectorize(math.erfc)(-z / math.sqrt(2)) / 2


x = generator(0, "notebook block").normal(size=(6, D))
gathered = x + attend(norm(x, *theta[:2]), *theta[2:6], heads=heads, causal=True)[0]
W1, b1, W2, b2 = theta[8:]
y = gathered + gelu(norm(gathered, *theta[6:8]) @ W1.T + b1) @ W2.T + b2
np.testing.assert_allclose(block(x[None])[0], y, atol=1e-12)
print("a block by hand and by Layerwise agree;", block.theta.size, "parameters")

# %% [markdown]
# A whole GPT is an embedding, positions, some blocks and a last map. A task for it: ten random letters of eight, and
# then the same ten again; at each step the next letter is asked for. The first half can only be guessed, at a loss of
# ln 8 = 2.08; the second is known to who looks back.

# %%
LETTERS, HALF = 8, 10


def repeated(n, purpose):
    """Sequences of ten letters twice, and at each step the next letter."""
    half = generator(0, purpose).integers(LETTERS, size=(n, HALF))
    twice = np.hstack([half, half])
    return twice[:, :-1], twice[:, 1:]


writer = gpt(LETTERS, length=2 * HALF - 1, width=32, heads=2, blocks=1, seed=0)
found = lw.fit(writer, repeated(2048, "notebook letters"), loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(lr=0.005),
               epochs=6, batch_size=64, progress=False)  # fmt: skip
print(f"training loss {found['train_loss'][-1]:.3f}; 9 of 19 steps can only be guessed: {9 / 19 * math.log(8):.3f}")

letters, following = repeated(500, "notebook new letters")
recorder = Recorder()
logits, _ = writer.forward(letters, tap=recorder)
surprise = -np.log(np.take_along_axis(softmax(logits.astype(float)), following[..., None], axis=2)).mean(axis=0)[:, 0]
print(f"new sequences: {surprise[:9].mean():.2f} nats in the first half, {surprise[9:].mean():.4f} in the second")

left, right = new_panels(2, 9.4, 4.4)
labels = ("step", "cross-entropy (nats)")
lines(np.arange(19), {"loss": surprise}, title="Where the second half begins, guessing ends", labels=labels, ax=left)
left.set_xticks(range(0, 19, 3))
A = recorder.values["2.1"]["weights"][0, 0]  # of the first sequence and the first head
heatmap(A, title="It looks nine steps back", labels=("step that is looked at", "step that looks"), limit=1, ax=right)
right.set(xticks=range(0, 19, 3), yticks=range(0, 19, 3))
show(left)

# %% [markdown]
# *From step 9 on, the next letter is the one nine steps back: that is where the head has learnt to look. In the first
# half there is nothing to find, and what it looks at means nothing.*

# %% [markdown]
# ## 17. Gradients of any expression
#
# So far every way back was written by hand. A program can find it for any expression, if each value remembers what it
# was made from. What decides whether it is right is the **order** in which the values are visited.
# **Predict**: a = 1, b = a + a, c = b + b, so c = 4a. What does this recursion find for dc/da?


# %% jupyter={"outputs_hidden": true}
class Value:
    """A number that remembers what it is the sum of."""

    def __init__(self, value, parents=()):
        self.value, self.parents, self.grad = value, parents, 0.0

    def __add__(self, other):
        return Value(self.value + other.value, (self, other))

    def recursion(self, arriving=1.0):
        """What one writes first: take what arrives, and hand all of it on."""
        self.grad += arriving
        for parent in self.parents:
            parent.recursion(self.grad)

    def in_order(self):
        """Every value after all that were made from it: then its gradient is complete when it is handed on."""
        order = []

        def visit(value):
            if value not in order:
                for parent in value.parents:
                    visit(parent)
                order.append(value)

        visit(self)
        self.grad = 1.0
        for value in reversed(order):
            for parent in value.parents:
                parent.grad += value.grad


def doubled(times, start):
    value = start
    for _ in range(times):
        value = value + value
    return value


a = Value(1.0)
doubled(2, a).recursion()
print("recursion:", a.grad)
a = Value(1.0)
doubled(2, a).in_order()
print("in order: ", a.grad)

tensor = Tensor(1.0)
doubled(2, tensor).backward()
assert tensor.grad == a.grad
print("Layerwise:", tensor.grad)

# %%
depths = np.arange(1, 11)
found = {"recursion": [], "in order": []}
for times in depths:
    for name, way in {"recursion": Value.recursion, "in order": Value.in_order}.items():
        a = Value(1.0)
        way(doubled(times, a))
        found[name].append(a.grad)
np.testing.assert_array_equal(found["in order"], 2.0**depths)
title = "The recursion is right once, and then ever more wrong"
labels = ("doublings of a", "gradient at a (logarithmic)")
ax = lines(depths, found, log="y", title=title, labels=labels)
ax.set_xticks(range(1, 11))
show(ax)

# %% [markdown]
# *The recursion comes to b twice: once with 1, which it hands on, and once more, when b holds 2, and hands on 2. So a
# gets 1 + 1 + 2 + 2 = 6 instead of 4. In trees, where each value is used once, both agree, which is why the mistake
# survives so many tests. Gradients still add up: that is the `+=` in both.*
#
# `lw.autograd.Tensor` does the same with arrays: its operations are the formulas of the layers. The network of section
# 3, written as an expression:

# %%
x, y = data.train.x.astype(float), data.train.y[:, None].astype(float)
net = lw.Network(lw.Linear(2, 16), lw.Tanh(), lw.Linear(16, 1), seed=3, dtype="float64")
W1, b1, W2, b2 = (Tensor(each) for each in net.parameters().values())
a1 = apply(formulas.tanh, apply(formulas.linear, x, W1, b1))
z2 = apply(formulas.linear, a1, W2, b2)
cost = apply(formulas.binary_cross_entropy_with_logits, z2, y, np.ones((N, 1)), float(N))
cost.backward()

_, *by_hand = forward_and_back(*net.parameters().values())  # of section 3
for tensor, mine in zip((W1, b1, W2, b2), by_hand, strict=True):
    np.testing.assert_allclose(tensor.grad, mine, atol=1e-15)
print("cost", cost.value.round(4), "- and the four gradients of section 3")

# %% [markdown]
# ## Where to go on
#
# - `python examples/04_neural_network_examples.py --list` lists twenty-eight experiments, each with a surprise: one
#   idea, one number, one picture.
# - Change something here. Give the network of section 3 four hidden units, or a rate of 50; take `he_normal` for tanh.
# - Read the formulas: `src/layerwise/formulas/` has every derivative of this page, line by line.
