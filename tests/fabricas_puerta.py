"""Fábricas de la puerta y de los certificados."""

from datetime import date

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from talleres.models import Certificado, Puerta

from .fabricas import EncuentroFactory, UsuarioFactory
from .fabricas_registro import ParticipanteFactory, TextoConsentimientoFactory

SEMILLA = "semilla-de-prueba"
CODIGO = "2345679ACDEFGHJK"


class EncuentroDeHoyFactory(EncuentroFactory):
    """Sin horas: su puerta vale todo el día, corra la prueba cuando corra."""

    tema = "Taller de hoy"
    fecha = factory.LazyFunction(timezone.localdate)
    inicio = None
    fin = None


class PuertaFactory(DjangoModelFactory):
    class Meta:
        model = Puerta

    encuentro = factory.SubFactory(EncuentroDeHoyFactory)
    semilla = factory.Sequence(lambda n: f"semilla-{n}")


class CertificadoFactory(DjangoModelFactory):
    """El certificado de alguien de la nómina; con `participante=None`, de quien ya no está."""

    class Meta:
        model = Certificado

    encuentro = factory.SubFactory(EncuentroFactory, estado="realizado")
    participante = factory.SubFactory(
        ParticipanteFactory, encuentro=factory.SelfAttribute("..encuentro")
    )
    emitido_por = factory.SubFactory(UsuarioFactory)


def puerta_de_hoy(**datos):
    """Una puerta que admite registros ahora mismo, con texto de consentimiento vigente."""
    TextoConsentimientoFactory()
    return PuertaFactory(**datos)


def certificado_publico():
    """El que se comprueba con `CODIGO`, de un encuentro que no es del elenco."""
    encuentro = EncuentroFactory(tema="Taller cerrado", fecha=date(2019, 9, 2), estado="realizado")
    return CertificadoFactory(encuentro=encuentro, codigo=CODIGO)
