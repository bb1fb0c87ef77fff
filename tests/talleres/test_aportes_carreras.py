"""Varias personas en el mismo tablero a la vez: no se pierde ni se repite ninguna tarjeta."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from talleres.aportes import agrupar_aportes, anotar_aporte, corregir_aporte
from talleres.models import Aporte, CumuloAportes
from territorios.versiones import Conflicto
from tests.carreras import a_la_vez
from tests.conftest import entrar
from tests.fabricas import UsuarioFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def personas(territorio):
    return [UsuarioFactory(username=f"zonal{n}x", rol="zonal", zona_id=1) for n in range(4)]


def anotar(encuentro, por, texto, clave=None):
    aporte = Aporte(encuentro_id=encuentro.pk, texto=texto, clave_envio=clave)
    return anotar_aporte(aporte, por=por)


def test_veinte_tarjetas_de_cuatro_personas(encuentro1, personas):
    """Por la pantalla, como en la sala: cinco cada una."""
    url = reverse("talleres:anotar_aporte", args=[encuentro1.pk])
    navegadores = [entrar(Client(), persona) for persona in personas]

    def teclear(n):
        datos = [{"texto": f"Idea {n}-{m}", "clave_envio": uuid4()} for m in range(5)]
        pedir = navegadores[n].post
        return [pedir(url, d, HTTP_ACCEPT="application/json").status_code for d in datos]

    assert a_la_vez(4, teclear) == [[201] * 5] * 4
    guardadas = Aporte.objects.filter(encuentro=encuentro1)
    assert sorted(a.texto for a in guardadas) == sorted(
        f"Idea {n}-{m}" for n in range(4) for m in range(5)
    )
    # Ni dos con el mismo lugar ni dos con el mismo número: quien mira no se salta ninguna.
    assert sorted(a.orden for a in guardadas) == list(range(1, 21))
    assert sorted(a.serie for a in guardadas) == list(range(1, 21))


def test_el_mismo_envio_desde_cuatro_lados_deja_una(encuentro1, personas):
    clave = uuid4()
    dados = a_la_vez(4, lambda n: anotar(encuentro1, personas[n], "Falta agua", clave)[1])
    assert sorted(dados) == [False, True, True, True]
    assert Aporte.objects.count() == 1


def test_dos_que_corrigen_gana_una_y_la_otra_se_entera(encuentro1, personas):
    anotar(encuentro1, personas[0], "Falta agua")

    def corregir(n):
        aporte = Aporte.objects.get()
        aporte.texto = f"Corrección {n}"
        return corregir_aporte(aporte, por=personas[n], version=1).texto

    dados = a_la_vez(2, corregir)
    (ganadora,) = [dado for dado in dados if isinstance(dado, str)]
    (perdedora,) = [dado for dado in dados if not isinstance(dado, str)]
    assert isinstance(perdedora, Conflicto)
    assert (Aporte.objects.get().texto, Aporte.objects.get().version) == (ganadora, 2)


def test_agrupar_a_la_vez_con_el_mismo_titulo_hace_un_cumulo(encuentro1, personas):
    tarjetas = [anotar(encuentro1, personas[0], f"Idea {n}")[0] for n in range(4)]

    def agrupar(n):
        return agrupar_aportes(encuentro1, [tarjetas[n].pk], titulo="Turismo", por=personas[n]).pk

    assert set(a_la_vez(4, agrupar)) == {CumuloAportes.objects.get().pk}
    assert Aporte.objects.filter(cumulo__titulo="Turismo").count() == 4
