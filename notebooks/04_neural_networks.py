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
from layerwise.insight import layer_information
from layerwise.optimizers import clip_by_norm
from layerwise.plots import decision_boundary, lines, network_svg, new_panels, style
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
#
# ## 10. Numerical stability
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
# ## 11. Initialization
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
# ## 12. The learning rate over time
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
#
# ## Where to go on
#
# - `python examples/04_neural_network_examples.py --list` lists twenty experiments, each with a surprise: one idea, one
#   number, one picture.
# - Change something here. Give the network of section 3 four hidden units, or a rate of 50; take `he_normal` for tanh.
# - Read the formulas: `src/layerwise/formulas/` has every derivative of this page, line by line.
