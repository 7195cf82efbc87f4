"""The models of the standard work in PyTorch; images come as NHWC, as every peer gets them."""
import torch
from torch import nn

from work import CHARACTERS, CLASSES


class ToChannelsFirst(nn.Module):
    def forward(self, images):
        return images.permute(0, 3, 1, 2)


class NextCharacter(nn.Module):
    """McMahan's and Reddi's Shakespeare model: embedding 8, two LSTM layers of 256, a dense layer a step."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(CHARACTERS, 8)
        self.recurrent = nn.LSTM(8, 256, num_layers=2, batch_first=True)
        self.dense = nn.Linear(256, CHARACTERS)

    def forward(self, text):
        return self.dense(self.recurrent(self.embedding(text))[0]).transpose(1, 2)


def build(model):
    torch.manual_seed(0)
    if model == "lstm":
        return NextCharacter()
    if model == "lr":
        return nn.Sequential(nn.Flatten(), nn.Linear(784, CLASSES))
    drop = nn.Dropout if model == "cnn-dropout" else lambda rate: nn.Identity()
    return nn.Sequential(
        ToChannelsFirst(),
        nn.Conv2d(1, 32, 3), nn.ReLU(),
        nn.Conv2d(32, 64, 3), nn.ReLU(),
        nn.MaxPool2d(2), drop(0.25), nn.Flatten(),
        nn.Linear(9216, 128), nn.ReLU(), drop(0.5),
        nn.Linear(128, CLASSES))


@torch.no_grad()
def mean_loss(net, x, y, clients=20):
    """The loss on the first clients' data, outside the timed rounds."""
    was_training = net.training
    net.eval()
    inputs, labels = torch.as_tensor(x[:clients]).flatten(0, 1), torch.as_tensor(y[:clients]).flatten(0, 1)
    loss = nn.functional.cross_entropy(net(inputs), labels).item()
    net.train(was_training)
    return loss
