"""Images: a network of convolutions on digits, on larger sets, and on photos of one's own."""

from layerwise.applications.images.network import image_network, shifted
from layerwise.applications.images.photos import Photos, read_photo, read_photos
from layerwise.applications.images.study import Images, from_folder, from_set, run, train

__all__ = [
    "Images",
    "Photos",
    "from_folder",
    "from_set",
    "image_network",
    "read_photo",
    "read_photos",
    "run",
    "shifted",
    "train",
]
