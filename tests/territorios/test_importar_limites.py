"""Importar límites: qué se acepta, qué se guarda, quién es vecino de quién y qué se rechaza."""

import json
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command

from territorios.cargas import cargar_dpa
from territorios.importaciones.limites import importar_limites, usar_capa
from territorios.importaciones.previa import TOPE_DEL_ARCHIVO, Archivo
from territorios.importaciones.vecindad import SinVecinos, recalcular_vecindad
from territorios.lectura import CargaRechazada
from territorios.mapas import Estilo, dibujar
from territorios.models import CapaLimites, Contorno, OtroTerritorio, Territorio, Vecindad
from territorios.trazos import anillos
from tests.archivos import (
    VECINOS_DE_LA_CUADRICULA,
    coleccion,
    compartidos,
    cuadro,
    entidad,
    geojson,
)
from tests.datos import DPA, filas_por_tabla, transaccion_comun

pytestmark = pytest.mark.django_db
FECHA = date(2024, 1, 31)
OPCIONES = {"nivel": "canton", "fuente": "IGM", "fecha": FECHA}


def importar(archivo=None, **cambios):
    return importar_limites(archivo or geojson(), **OPCIONES | cambios)


def textos(vista):
    return "\n".join(vista.lineas())


@pytest.fixture
def esquema(territorio):
    """La capa esquemática de antes, con un trazo por cantón."""
    capa = CapaLimites.objects.create(
        nombre="Esquema", fuente="DPA", fecha=date(2019, 4, 1), esquematica=True, en_uso=True
    )
    cantones = Territorio.objects.cantones()
    caja = {"izquierda": 0, "arriba": 0, "derecha": 9, "abajo": 9}
    Contorno.objects.bulk_create(
        [Contorno(capa=capa, territorio=c, trazo="m0 0l9 0 0 9z", **caja) for c in cantones]
    )
    return capa


# --- Lo que se guarda ---------------------------------------------------------------------------


def test_la_capa_nueva_reemplaza_al_esquema(esquema, central):
    archivo = geojson()
    importar(archivo, por=central)
    capa = CapaLimites.objects.get(en_uso=True)
    esquema.refresh_from_db()
    assert not esquema.en_uso
    assert (capa.fuente, capa.fecha, capa.huella) == ("IGM", FECHA, archivo.huella)
    assert not capa.esquematica
    assert capa.contornos.count() == 5
    assert [vecino[:2] for vecino in capa.vecinos] == VECINOS_DE_LA_CUADRICULA
    assert capa.historia.get().history_user == central
    assert esquema.historia.first().history_change_reason == "La reemplaza otra capa"


def test_todo_mapa_la_usa_en_el_acto(esquema):
    pintar = {"titulo": "Mapa", "descripcion": "Cantones", "identificador": "m"}
    antes = dibujar(lambda celda: Estilo("#fff", celda.nombre), **pintar)
    importar()
    despues = dibujar(lambda celda: Estilo("#fff", celda.nombre), **pintar)
    assert "no son límites oficiales" in antes.pie
    assert despues.pie == "Límites de cantones. Fuente: IGM, 31/01/2024."
    assert antes.svg != despues.svg
    ElementTree.fromstring(despues.svg)


def test_el_borde_comun_es_el_mismo_a_ambos_lados(esquema):
    importar()
    puntos = {
        c.territorio_id: {p for anillo in anillos(c.trazo) for p in anillo}
        for c in Contorno.objects.en_uso()
    }
    assert len(puntos["0801"] & puntos["0807"]) == 2
    assert len(puntos["0801"] & puntos["1317"]) == 1


def test_revisar_no_escribe(esquema):
    antes = filas_por_tabla()
    vista = importar(solo_revisar=True)
    assert vista.cambia
    assert filas_por_tabla() == antes
    assert CapaLimites.objects.get(en_uso=True) == esquema


def test_el_mismo_archivo_dos_veces_no_cambia_nada(esquema):
    importar()
    antes = filas_por_tabla()
    vista = importar(fuente="Otra", fecha=date(2020, 1, 1))
    assert not vista.cambia
    assert "ya está importado" in textos(vista)
    assert filas_por_tabla() == antes


def test_una_capa_guardada_se_vuelve_a_usar(esquema, central):
    importar()
    usar_capa(esquema, por=central)
    assert CapaLimites.objects.get(en_uso=True) == esquema
    assert esquema.historia.first().history_user == central
    assert "no está en uso" in textos(importar())


def test_sin_capa_anterior_tambien_se_importa(territorio):
    vista = importar(geojson(coleccion(sin=["1303"])))
    assert "no saldrán en el mapa (1):\n    1303 Chone" in textos(vista)
    assert Contorno.objects.en_uso().count() == 4


# --- Cotejar ------------------------------------------------------------------------------------


def test_lo_que_falta_conserva_el_trazo_anterior_y_se_dice(esquema):
    vista = importar(geojson(coleccion(sin=["1303"])))
    assert "Con polígono: 4 de 5 cantones vigentes al 31/01/2024." in vista.resumen
    assert "conservan el trazo de la capa anterior (1):\n    1303 Chone" in textos(vista)
    capa = CapaLimites.objects.get(en_uso=True)
    assert capa.contornos.get(territorio="1303").trazo == "m0 0l9 0 0 9z"
    assert capa.nombre == "Límites de cantones (salvo Chone, con el trazo de la capa anterior)"


@pytest.mark.parametrize("propiedad", ["codigo", "DPA_CANTON", "CODIGO", "CodCanton"])
def test_el_codigo_se_halla_se_llame_como_se_llame(esquema, propiedad):
    vista = importar(geojson(coleccion(propiedad)))
    assert f"códigos en la propiedad «{propiedad}»" in vista.resumen[0]
    assert Contorno.objects.en_uso().count() == 5


def test_un_numero_de_orden_no_se_toma_por_codigo(esquema):
    datos = coleccion("DPA_CANTON")
    for numero, rasgo in enumerate(datos["features"], start=801):
        rasgo["properties"] = {"OBJECTID": numero, **rasgo["properties"]}
    assert "«DPA_CANTON»" in importar(geojson(datos)).resumen[0]


@pytest.mark.parametrize("escribir", [int, float, lambda codigo: codigo.lstrip("0")])
def test_al_numero_se_le_pone_su_cero_y_se_dice(esquema, escribir):
    datos = coleccion()
    for rasgo in datos["features"]:
        rasgo["properties"]["codigo"] = escribir(rasgo["properties"]["codigo"])
    vista = importar(geojson(datos))
    assert vista.resumen[-1] == (
        "Códigos a los que se les puso el cero inicial: 3. 0801, 0807, 0803."
    )


def test_lo_que_no_esta_en_la_dpa_se_dice_y_no_se_guarda(esquema):
    OtroTerritorio.objects.create(codigo="9001", nombre="Las Golondrinas", tipo="zona")
    datos = coleccion()
    datos["features"] += [entidad("9001", [cuadro(5, 5)]), entidad("0899", [cuadro(6, 5)])]
    vista = importar(geojson(datos))
    assert "no se guardan (2):\n    0899\n    9001 Las Golondrinas (no es un GAD)" in textos(vista)
    assert Contorno.objects.en_uso().count() == 5


def test_lo_suprimido_no_se_guarda_y_lo_posterior_si(esquema):
    Territorio.objects.filter(pk="0801").update(hasta=date(2020, 1, 1))
    Territorio.objects.filter(pk="0803").update(desde=date(2024, 10, 1))
    vista = importar()
    assert "Suprimidos antes del 31/01/2024: no se guardan (1):\n    0801" in textos(vista)
    assert "Creados después del 31/01/2024: se guardan (1):\n    0803" in textos(vista)
    assert "Con polígono: 3 de 3 cantones vigentes al 31/01/2024." in vista.resumen
    guardados = set(Contorno.objects.en_uso().values_list("territorio", flat=True))
    assert guardados == {"0803", "0807", "1303", "1317"}


def test_un_poligono_que_se_cruza_se_corrige_y_se_dice(esquema):
    datos = coleccion()
    a, b, c, d, _ = datos["features"][0]["geometry"]["coordinates"][0]
    datos["features"][0]["geometry"]["coordinates"] = [[a, c, b, d, a]]
    assert "Polígonos corregidos porque se cruzaban consigo mismos (1):\n    0801" in textos(
        importar(geojson(datos))
    )


def test_un_islote_diminuto_se_dibuja_aunque_la_simplificacion_lo_borre(esquema):
    datos = coleccion(sin=["1303"])
    x, y = -80.5, -1
    anillo = [[x, y], [x + 2e-4, y], [x + 2e-4, y - 2e-4], [x, y]]
    datos["features"].append(entidad("1303", [anillo]))
    importar(geojson(datos))
    assert Contorno.objects.en_uso().get(territorio="1303").trazo


# --- Vecindad -----------------------------------------------------------------------------------


def test_los_vecinos_salen_de_los_bordes_y_tocarse_en_un_punto_no_basta(esquema):
    vista = importar()
    assert "Vecinos nuevos (1):\n    0807 Rioverde – 1317 Pedernales: 22,3 km" in textos(vista)
    assert "Vecinos que ya no se tocan" not in textos(vista)
    assert Vecindad.objects.count() == 5, "importar no cambia la vecindad guardada"


def test_un_metro_de_desajuste_no_separa_a_los_vecinos(esquema):
    datos = coleccion()
    for rasgo in datos["features"][1:2]:
        anillo = rasgo["geometry"]["coordinates"][0]
        rasgo["geometry"]["coordinates"] = [[[x + 3e-6, y - 3e-6] for x, y in anillo]]
    importar(geojson(datos))
    capa = CapaLimites.objects.get(en_uso=True)
    assert [vecino[:2] for vecino in capa.vecinos] == VECINOS_DE_LA_CUADRICULA


def test_recalcular_solo_compara_salvo_que_se_pida_aplicar(esquema, central):
    Vecindad.objects.create(a_id="0801", b_id="1317", km=5)
    importar()
    vista = recalcular_vecindad("canton")
    assert "Vecinos que ya no se tocan (1):\n    0801 Esmeraldas – 1317 Pedernales" in textos(vista)
    assert Vecindad.objects.filter(a="0801", b="1317").exists()
    recalcular_vecindad("canton", por=central, aplicar=True)
    guardados = Vecindad.objects.filter(a__nivel="canton").order_by("a", "b")
    assert [[v.a_id, v.b_id] for v in guardados] == VECINOS_DE_LA_CUADRICULA
    asientos = Vecindad.historia.filter(history_user=central)
    tipos = {(asiento.a_id, asiento.b_id): asiento.history_type for asiento in asientos}
    assert tipos[("0807", "1317")] == "+"
    assert tipos[("0801", "1317")] == "-"
    assert tipos[("0801", "0807")] == "~"
    assert Vecindad.objects.get(a="0801", b="0807").km == Decimal("22.1")
    assert not recalcular_vecindad("canton", aplicar=True).cambia


def test_lo_que_no_toca_a_nadie_en_la_capa_no_se_compara(esquema):
    importar(geojson(coleccion(sin=["1303"])))
    vista = recalcular_vecindad("canton")
    assert "Se comparan 4 territorios" in vista.resumen[0]
    assert "Que ya no se tocan: 0." in vista.resumen[1]


def test_con_el_esquema_no_hay_vecindad_que_recalcular(esquema):
    with pytest.raises(SinVecinos):
        recalcular_vecindad("canton")
    with pytest.raises(CommandError, match="importe antes límites oficiales"):
        call_command("recalcular_vecindad", nivel="canton")


# --- Rechazos -----------------------------------------------------------------------------------


def con(camino, valor):
    """La colección con un valor cambiado en la entidad 2 («0807»)."""
    datos = coleccion()
    *previo, ultimo = camino
    lugar = datos["features"][1]
    for paso in previo:
        lugar = lugar[paso]
    lugar[ultimo] = valor
    return datos


GEOMETRIA = ("geometry", "coordinates")
UTM = [[[650000, 10050000], [670000, 10050000], [670000, 10030000], [650000, 10050000]]]
AL_REVES = [[[y, x] for x, y in cuadro(1, 0)]]
RECHAZOS = [
    (con(("properties", "codigo"), "0801"), "entidad 2, campo «codigo», valor «0801»: código rep"),
    (con(("properties", "codigo"), "080152"), "entidad 2, .*es un código de parroquia, no de cant"),
    (con(("properties", "codigo"), "x"), "entidad 2, .*no es un código de cantón: son 4 cifras"),
    (con(("properties", "codigo"), None), "entidad 2, campo «codigo»: no trae código"),
    (con(("properties", "codigo"), True), "entidad 2, .*no es un código de cantón"),
    (con(("properties", "nombre"), "\ud800"), "entidad 2, .*letras que no existen"),
    (con(("properties",), None), "entidad 2: no es una entidad"),
    (con(("geometry",), None), "entidad 2, campo «geometry»: no trae geometría"),
    (con(("geometry", "type"), "LineString"), "valor «LineString»: solo se admiten Polygon y Mul"),
    (con(GEOMETRIA, UTM), "entidad 2, .*parecen metros de una proyección .*EPSG:4326"),
    (con(GEOMETRIA, AL_REVES), "entidad 2, .*la latitud y la longitud están cambiadas"),
    (con(GEOMETRIA, [cuadro(0, 0, oeste=2)]), "entidad 2, .*queda fuera del Ecuador"),
    (con(GEOMETRIA, [cuadro(0, 0)[:-1]]), "entidad 2, .*un anillo no se cierra"),
    (con(GEOMETRIA, [[[-79, 0], [-79, 0], [-79, 0], [-79, 0]]]), "entidad 2: su polígono no encie"),
    (con(GEOMETRIA, [[["-79", 0]] * 4]), "no es una lista de pares de números"),
    (con(GEOMETRIA, []), "no son listas de anillos"),
    (con((*GEOMETRIA, 0, 1), [-79.5, True]), "no es una lista de pares de números"),
    (coleccion(crs={"properties": {"name": "EPSG:32717"}}), "campo «crs».*otro sistema de coord"),
    ({"type": "FeatureCollection", "features": []}, "no trae ninguna entidad"),
    ({"type": "Topology"}, "no es un GeoJSON de tipo FeatureCollection"),
    (coleccion("nombre"), "ninguna propiedad trae códigos de cantón"),
]


@pytest.mark.parametrize(("datos", "motivo"), RECHAZOS)
def test_rechaza_la_entidad_y_dice_cual(esquema, datos, motivo):
    antes = filas_por_tabla()
    with pytest.raises(CargaRechazada, match=f"^cantones.geojson.*{motivo}"):
        importar(geojson(datos))
    assert filas_por_tabla() == antes


def test_un_archivo_de_otro_nivel_se_dice(esquema):
    with pytest.raises(CargaRechazada, match="sus códigos son de cantón, no de parroquia"):
        importar(nivel="parroquia")


CRUDOS = [
    (b"{", "no es un JSON bien formado"),
    (b"PK\x03\x04", "es un ZIP. Si es un shapefile, guárdelo antes como GeoJSON"),
    (b"\xff\xfe{", "no está escrito en UTF-8"),
    (b'{"type": NaN}', "un número que no se puede leer"),
    (b"[" * 100_000, "más de 20 niveles"),
    (b'{"a": "' + b'[\\"' * 50 + b'"}', "no es un GeoJSON"),
    (b'{"type": ' + b"9" * 5000 + b"}", "un número que no se puede leer"),
    (b"", "está vacío"),
]


@pytest.mark.parametrize(("contenido", "motivo"), CRUDOS)
def test_rechaza_el_archivo_mal_hecho(db, contenido, motivo):
    with pytest.raises(CargaRechazada, match=motivo):
        importar(Archivo("a.geojson", contenido))


def test_coordenadas_infinitas_se_rechazan(esquema):
    crudo = json.dumps(coleccion()).replace("-79.8", "1e999", 1).encode()
    with pytest.raises(CargaRechazada, match="entidad 1, .*valor «.inf"):
        importar(Archivo("a.geojson", crudo))


def test_rechaza_lo_que_pasa_de_los_topes(esquema, tmp_path, monkeypatch):
    ruta = tmp_path / "grande.geojson"
    with ruta.open("wb") as abierto:
        abierto.truncate(TOPE_DEL_ARCHIVO + 1)
    with pytest.raises(CargaRechazada, match="grande.geojson: pesa 20.0 MB y el tope es 20 MB"):
        Archivo.de_ruta(ruta)
    with pytest.raises(CargaRechazada, match="no se puede leer"):
        Archivo.de_ruta(tmp_path / "no-existe")
    monkeypatch.setattr("territorios.importaciones.geojson.TOPE_DE_VERTICES", 24)
    with pytest.raises(CargaRechazada, match="pasa de 24 vértices"):
        importar()
    monkeypatch.setattr("territorios.importaciones.geojson.TOPE_DE_ENTIDADES", 4)
    with pytest.raises(CargaRechazada, match="trae 5 entidades y el tope es 4"):
        importar()


# --- La orden y los archivos de verdad ----------------------------------------------------------


def test_la_orden_revisa_importa_y_rechaza(esquema, tmp_path, capsys):
    ruta = tmp_path / "cantones.geojson"
    ruta.write_bytes(geojson().contenido)
    opciones = {"nivel": "canton", "fuente": "IGM", "fecha": FECHA}
    call_command("importar_limites", ruta, **opciones, solo_revisar=True)
    assert "Solo se revisó." in capsys.readouterr().out
    call_command("importar_limites", ruta, **opciones)
    assert "Importados y en uso." in capsys.readouterr().out
    call_command("importar_limites", ruta, **opciones)
    assert "ya está importado" in capsys.readouterr().out
    ruta.write_text("{")
    with pytest.raises(CommandError, match="No se importó nada. cantones.geojson: no es un JSON"):
        call_command("importar_limites", ruta, **opciones)


LIMITES = compartidos() / "datos" / "limites"


@pytest.mark.skipif(
    not LIMITES.is_dir(), reason=f"no están los límites de prueba en {LIMITES} (DATOS_COMPARTIDOS)"
)
class TestLimitesDeVerdad:
    ESPERADO = {
        "provincia": ("provincias", 24, 53),
        "canton": ("cantones", 222, 581),
        "parroquia": ("parroquias", 1036, 2882),
    }

    @pytest.fixture(scope="class")
    def importados(self, django_db_setup, django_db_blocker):
        with transaccion_comun(django_db_blocker):
            cargar_dpa(DPA)
            opciones = {"fuente": "INEC, por latam-atlas", "fecha": date(2018, 12, 31)}
            yield {
                nivel: importar_limites(
                    Archivo.de_ruta(LIMITES / f"{archivo}.geojson"), nivel=nivel, **opciones
                )
                for nivel, (archivo, _, _) in self.ESPERADO.items()
            }

    @pytest.mark.parametrize("nivel", ESPERADO)
    def test_entran_con_sus_vecinos(self, importados, nivel):
        _, contornos, vecinos = self.ESPERADO[nivel]
        capa = CapaLimites.objects.get(nivel=nivel, en_uso=True)
        assert capa.contornos.count() == contornos
        assert len(capa.vecinos) == vecinos

    @pytest.mark.parametrize("nivel", ["provincia", "canton"])
    def test_los_vecinos_son_los_guardados(self, importados, nivel):
        assert "Nuevos: 0. Que ya no se tocan: 0." in importados[nivel].resumen[3]

    def test_faltan_las_parroquias_que_la_cartografia_no_trae(self, importados):
        sin_trazo = importados["parroquia"].con_filas[0].filas
        assert [fila.split()[0] for fila in sin_trazo] == [
            *("070256", "130453", "130454", "131251", "141350", "170257"),
            *("190353", "210355", "210456", "210457", "210653"),
        ]

    def test_el_mapa_del_pais_pesa_lo_que_debe(self, importados, client, django_user_model):
        import gzip
        import re

        client.force_login(django_user_model.objects.create(username="c", rol="central"))
        pagina = client.get("/territorio/").content
        svg = re.search(rb"<svg xmlns.*?</svg>", pagina, re.S)[0]
        assert b"INEC, por latam-atlas" in pagina
        assert len(gzip.compress(svg)) <= 16_000
