"""A class and a latent become a picture: one protocol, the photo generator and BigGAN-deep."""
